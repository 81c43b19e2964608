"""The rules of places, as data. Each names its sources and how they were read."""

from shopdisputes.jurisdictions.places.america import CALIFORNIA, FLORIDA, MICHIGAN, NEW_YORK
from shopdisputes.jurisdictions.places.europe import FRANCE, GENERIC, RUSSIA

#: In the order in which they are offered: the general rules first.
ALL = (GENERIC, FRANCE, CALIFORNIA, FLORIDA, MICHIGAN, NEW_YORK, RUSSIA)

__all__ = ["ALL", "GENERIC"]
