#include "graph/write.h"

enum sl_status sl_graph_add_catalog(struct sl_graph *graph, const struct sl_catalog *catalog,
                                    const struct sl_roles *roles, struct sl_error *err)
{
    size_t n_tables = sl_catalog_table_count(catalog);
    for (size_t i = 0; i < n_tables; i++)
        SL_TRY(sl_graph_add_table(graph, sl_catalog_table_at(catalog, i), err));
    for (size_t i = 0; i < sl_catalog_change_count(catalog); i++)
        SL_TRY(sl_graph_add_ddl_change(graph, sl_catalog_change_at(catalog, i), err));
    for (size_t i = 0; i < sl_catalog_orm_fact_count(catalog); i++)
        SL_TRY(sl_graph_add_orm_fact(graph, catalog, sl_catalog_orm_fact_at(catalog, i), err));
    return roles ? sl_graph_add_roles(graph, roles, err) : SL_OK;
}
