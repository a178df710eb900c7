"""What a job of customer support pays where: five occupations, every area of the United States, one survey.

Pure lookups in a small table that comes with the product: who earns how much at the 10th, 25th, 50th, 75th and 90th
percentile, and where an offered range lies in that. Nothing is filled in: what the Bureau suppressed stays unknown.
"""

from maitred.insight.wages.areas import Area, resolve
from maitred.insight.wages.placing import Placed, placed
from maitred.insight.wages.tables import OCCUPATIONS, RELEASE, Band, Occupation, Wage, band, neighbours

__all__ = [
    "OCCUPATIONS",
    "RELEASE",
    "Area",
    "Band",
    "Occupation",
    "Placed",
    "Wage",
    "band",
    "neighbours",
    "placed",
    "resolve",
]
