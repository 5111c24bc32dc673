"""What dbt does for each node and each command, though nothing comes of it in a test.

Without it, the build of the staging models takes a fifth less of a processor. It is done in the
tests' warm processes alone: a command from the start has dbt as it is.
"""

import functools

# Where dbt and dbt-duckdb keep them.
OF_RELATIONS = ("macros/adapters", "macros/materializations", "macros/relations")


def make_lean():
    """Change dbt in this process and its forks; return what `keep_graphs` returns."""
    drop_debug_events()
    collect_macros_faster()
    find_relations_by_name()
    keep_empty_table()
    return keep_graphs()


def drop_debug_events():
    """Neither make nor sort out the events that only a log of level debug would show."""
    from dbt_common.events.base_types import DebugLevel, EventLevel
    from dbt_common.events.event_manager import EventManager

    DebugLevel.__init__ = lambda self, *_, **__: None
    fire = EventManager.fire_event

    def fire_what_is_shown(self, e, level=None, *rest, **options):
        if level != EventLevel.DEBUG and not isinstance(e, DebugLevel):
            fire(self, e, level, *rest, **options)

    EventManager.fire_event = fire_what_is_shown


def collect_macros_faster():
    """Give each node its macros, 700 and more, package by package instead of one by one."""
    from dbt.clients.jinja import MacroGenerator
    from dbt.context.macros import MacroNamespace, MacroNamespaceBuilder
    from dbt.context.manifest import ManifestContext

    def remember(self, macro, context=None, node=None, stack=None):
        self.macro, self.context, self.node, self.stack = macro, context, node, stack

    def collect(self, macros_by_package, context):
        packages = {
            package: {
                name: MacroGenerator(macro, context, self.node, self.thread_ctx)
                for name, macro in macros.items()
            }
            for package, macros in macros_by_package.items()
        }
        of_dbt = {}
        for package in reversed(self.internal_package_names_order):
            of_dbt.update(packages.pop(package, {}))
        own = packages.get(self.search_package, {})
        is_root = self.search_package == self.root_package
        root = {} if is_root else packages.get(self.root_package, {})
        return MacroNamespace(root, own, of_dbt, packages)

    name_each = ManifestContext.to_dict

    def name_by_package(self):
        if not isinstance(self.namespace, MacroNamespace):
            return name_each(self)
        names = super(ManifestContext, self).to_dict()
        for macros in reversed(list(self.namespace._search_order())):
            names.update(macros)
        return names

    MacroGenerator.__init__ = remember
    MacroNamespaceBuilder.build_namespace = collect
    ManifestContext.to_dict = name_by_package


def find_relations_by_name():
    """Compare a relation that is looked for with those of its name, instead of with all."""
    from dbt.adapters.base.impl import BaseAdapter

    match_each = BaseAdapter._make_match

    def match(self, relations, database, schema, identifier):
        name = identifier.lower()
        named = [relation for relation in relations if relation.identifier.lower() == name]
        return match_each(self, named, database, schema, identifier)

    BaseAdapter._make_match = match


def keep_empty_table():
    """Make the empty table once that stands for the rows of a statement without any."""
    from dbt_common.clients import agate_helper

    agate_helper.empty_table = functools.cache(agate_helper.empty_table)


def compile_templates(manifest):
    """Compile the macros by which dbt makes tables and views, for all forks that will need them."""
    from dbt_common.clients.jinja import template_cache

    for macro in manifest.macros.values():
        if macro.original_file_path.startswith(OF_RELATIONS) and macro.package_name != "revops":
            template_cache.get_node_template(macro)


def keep_graphs():
    """Link the graph of a manifest once, and return a function that does so: graph, test edges.

    What dbt writes down of the graph for its own developers is left out.
    """
    from dbt import compilation

    linker_of_dbt = compilation.Linker
    graphs = {}

    def graph_of(manifest, with_test_edges):
        key = id(manifest), with_test_edges
        if key not in graphs:
            linker = linker_of_dbt()
            linker.link_graph(manifest)
            if with_test_edges:
                manifest.build_parent_and_child_maps()
                linker.add_test_edges_1(manifest)
            # The manifest stands beside its graph, so that no other one gets its id.
            graphs[key] = manifest, linker.graph
        return graphs[key][1]

    class Linker(linker_of_dbt):
        def link_graph(self, manifest):
            self.graph = graph_of(manifest, False)

        def add_test_edges(self, manifest):
            self.graph = graph_of(manifest, True)

        def get_graph_summary(self, manifest):
            return {}

        def write_graph(self, outfile, manifest):
            pass

    compilation.Linker = Linker
    return graph_of
