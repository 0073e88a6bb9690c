"""All rows of all tables."""

from . import binary, unary
from .golden import rows as golden_rows

ROWS = [*golden_rows(), *unary.ROWS, *binary.ROWS]
