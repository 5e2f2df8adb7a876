"""What start-up has to know of the search: it listens to every act and answers the lists of all registers."""

from ringwall.kit import registry
from ringwall.search import indexing, queries

registry.searcher = queries.ids_of

__all__ = ["indexing", "queries"]
