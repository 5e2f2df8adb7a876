"""One row for each record of any register: what a hit shows, and the four columns that decide who sees it.

Derived from the records and written without a ledger entry; `ringwall.search.indexing.rebuild` makes it anew.
"""

from django.db import models

from ringwall.access.models import Organisation, Person, Unit


class SearchRow(models.Model):
    """The number of the row is the row of the full-text index that holds its words."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    record = models.UUIDField(unique=True)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+", db_index=False)
    restricted = models.BooleanField(default=False)
    owner = models.ForeignKey(Person, models.CASCADE, related_name="+", null=True, db_index=False)
    ref = models.CharField(max_length=40)
    title = models.TextField()
    text = models.TextField(blank=True)
    is_withdrawn = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ref", "organisation"], name="search_by_ref")]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"
