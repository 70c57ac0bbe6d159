"""Terms that get a column of their own, so that what stands on them says their name and not all of them again."""

from collections.abc import Callable

from sqlglot import exp

from regulars.analytics.terms import FALSE, NULL, TRUE, Term, column, named, select, within

Let = Callable[[Term], Term]


class Lets:
    """Columns over a relation, each in the first layer in which all that it stands on is there."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._names: dict[Term, str] = {}
        self._layers: dict[str, int] = {}

    def __call__(self, term: Term) -> Term:
        """Give the column of a term."""
        if isinstance(term, exp.Column) or term in (TRUE, FALSE, NULL):
            return term
        if term not in self._names:
            name = f"{self._prefix}{len(self._names)}"
            self._names[term] = name
            self._layers[name] = 1 + max(
                (self._layers.get(each.name, 0) for each in term.find_all(exp.Column)), default=0
            )
        return column(self._names[term])

    @property
    def names(self) -> list[str]:
        """The names of all columns."""
        return list(self._names.values())

    def over(self, relation: exp.Select) -> exp.Select:
        """Add all columns to a relation."""
        for layer in range(1, max(self._layers.values(), default=0) + 1):
            added = [named(term, name) for term, name in self._names.items() if self._layers[name] == layer]
            relation = select(exp.Star(), *added).from_(within(relation, f"layer{layer}"), copy=False)
        return relation
