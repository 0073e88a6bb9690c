"""All rows of all tables."""

from . import binary, convolutions, greedy, layout, nets, norms, pooling, reductions, unary, values
from .golden import rows as golden_rows

TABLES = (unary, binary, reductions, layout, values, nets, norms, convolutions, pooling, greedy)

ROWS = [*golden_rows(), *(row for table in TABLES for row in table.ROWS)]
