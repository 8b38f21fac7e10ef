"""A contract import-linter does not have: a package may import what is listed and nothing else."""

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

STANDARD_LIBRARY = frozenset(sys.stdlib_module_names)


class AllowedContract(Contract):
    """Break where a module of `source_modules` imports anything outside `allowed_modules`.

    The standard library is always allowed. Only direct imports are looked at: what an allowed
    module imports is the business of its own contract.
    """

    source_modules = fields.ListField(subfield=fields.StringField())
    allowed_modules = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Return the imports that are not allowed, as (importer, imported, line)."""
        absent = {*self.source_modules} - graph.modules
        if absent:
            raise ValueError(f"source_modules that do not exist: {', '.join(sorted(absent))}")
        illegal = [
            (importer, imported, detail["line_number"])
            for importer in sorted(graph.modules)
            if is_within(importer, self.source_modules)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if imported not in STANDARD_LIBRARY and not is_within(imported, self.allowed_modules)
            for detail in graph.get_import_details(importer=importer, imported=imported)
        ]
        return ContractCheck(kept=not illegal, metadata={"illegal": illegal})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line for each import that is not allowed."""
        for importer, imported, line in check.metadata["illegal"]:
            output.print_error(f"- {importer} -> {imported} (l.{line})", bold=False)


def is_within(module: str, packages: list[str]) -> bool:
    """Return whether a module is one of the packages or stands in one."""
    return any(module == name or module.startswith(f"{name}.") for name in packages)
