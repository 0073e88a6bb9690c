"""Runs op graphs on the kernels."""

from .instance import NativeBackend, NativeInstance
from .report import OutputReport, Report, report_on

__all__ = ["NativeBackend", "NativeInstance", "OutputReport", "Report", "report_on"]
