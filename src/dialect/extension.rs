//! What PostgreSQL's extensions bring: the names of types, functions, operators, operator classes
//! and schemas that are there only after CREATE EXTENSION.
//!
//! Read from the extensions' control files and install scripts: contrib of PostgreSQL 15
//! (<https://www.postgresql.org/docs/15/contrib.html>), PostGIS 3, pgvector 0.5, TimescaleDB 2,
//! pg_partman 4 and 5.

/// An extension, exact names of what it brings, and beginnings of names.
type Entry = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const POSTGRES: &[Entry] = &[
    ("btree_gin", &["gin"], &[]),
    (
        "btree_gist",
        // The access method itself is always there; its classes for plain types are not.
        &["gist"],
        &[
            "gist_int",
            "gist_float",
            "gist_text_ops",
            "gist_uuid_ops",
            "gist_date_ops",
            "gist_timestamp",
            "gist_inet_ops",
            "gist_enum_ops",
        ],
    ),
    ("citext", &["citext"], &["citext_"]),
    ("cube", &["cube"], &["cube_", "gist_cube_ops"]),
    ("dblink", &[], &["dblink"]),
    (
        "earthdistance",
        &[
            "earth",
            "earth_box",
            "earth_distance",
            "ll_to_earth",
            "latitude",
            "longitude",
            "gc_to_sec",
            "sec_to_gc",
        ],
        &[],
    ),
    ("file_fdw", &["file_fdw", "file_fdw_handler"], &[]),
    (
        "fuzzystrmatch",
        &[
            "soundex",
            "difference",
            "levenshtein",
            "levenshtein_less_equal",
            "metaphone",
            "dmetaphone",
            "dmetaphone_alt",
            "daitch_mokotoff",
        ],
        &[],
    ),
    (
        "hstore",
        &[
            "hstore",
            "akeys",
            "avals",
            "skeys",
            "svals",
            "hstore_to_json",
            "hstore_to_jsonb",
            "hstore_to_array",
            "hstore_to_matrix",
        ],
        &["gin_hstore_ops", "gist_hstore_ops"],
    ),
    (
        "intarray",
        &[
            "query_int",
            "icount",
            "sort_asc",
            "sort_desc",
            "uniq",
            "idx",
            "subarray",
            "intset",
            "gin__int_ops",
            "gist__int_ops",
            "gist__intbig_ops",
        ],
        &[],
    ),
    (
        "isn",
        &[
            "ean13", "isbn", "isbn13", "issn", "issn13", "ismn", "ismn13", "upc",
        ],
        &[],
    ),
    ("lo", &["lo", "lo_manage"], &[]),
    (
        "ltree",
        &[
            "ltree",
            "lquery",
            "ltxtquery",
            "subltree",
            "subpath",
            "nlevel",
            "lca",
            "text2ltree",
            "ltree2text",
            "gist_ltree_ops",
            "gist__ltree_ops",
        ],
        &[],
    ),
    (
        "pg_partman",
        &[
            "create_parent",
            "create_sub_parent",
            "run_maintenance",
            "run_maintenance_proc",
            "part_config",
            "part_config_sub",
            "undo_partition",
            "partition_data_proc",
            "partition_data_time",
            "partition_data_id",
        ],
        &[],
    ),
    (
        "pg_stat_statements",
        &[
            "pg_stat_statements",
            "pg_stat_statements_reset",
            "pg_stat_statements_info",
        ],
        &[],
    ),
    (
        "pg_trgm",
        &[
            "similarity",
            "word_similarity",
            "strict_word_similarity",
            "show_trgm",
            "show_limit",
            "set_limit",
            "gin_trgm_ops",
            "gist_trgm_ops",
        ],
        &[],
    ),
    (
        "pgcrypto",
        &[
            "digest",
            "hmac",
            "crypt",
            "gen_salt",
            "encrypt",
            "decrypt",
            "encrypt_iv",
            "decrypt_iv",
            "gen_random_bytes",
            "armor",
            "dearmor",
        ],
        &["pgp_"],
    ),
    ("pgrowlocks", &["pgrowlocks"], &[]),
    (
        "pgstattuple",
        &[
            "pgstattuple",
            "pgstattuple_approx",
            "pgstatindex",
            "pgstatginindex",
            "pgstathashindex",
            "pg_relpages",
        ],
        &[],
    ),
    (
        "postgis",
        &[
            "geometry",
            "geography",
            "box2d",
            "box3d",
            "spheroid",
            "geometry_dump",
            "valid_detail",
            "spatial_ref_sys",
            "geometry_columns",
            "geography_columns",
            "addgeometrycolumn",
            "dropgeometrycolumn",
            "updategeometrysrid",
            "populate_geometry_columns",
            "find_srid",
            "gist_geometry_ops_2d",
            "gist_geometry_ops_nd",
            "gist_geography_ops",
            "spgist_geometry_ops_2d",
            "brin_geometry_inclusion_ops_2d",
        ],
        &["st_", "postgis_"],
    ),
    (
        "postgis_raster",
        &[
            "raster",
            "raster_columns",
            "raster_overviews",
            "addrasterconstraints",
        ],
        &[],
    ),
    (
        "postgis_topology",
        &[
            "topogeometry",
            "createtopology",
            "addtopogeometrycolumn",
            "totopogeom",
        ],
        &[],
    ),
    (
        "postgres_fdw",
        &["postgres_fdw", "postgres_fdw_handler"],
        &[],
    ),
    ("seg", &["seg", "gist_seg_ops"], &[]),
    ("sslinfo", &[], &["ssl_"]),
    (
        "tablefunc",
        &[
            "normal_rand",
            "crosstab",
            "crosstab2",
            "crosstab3",
            "crosstab4",
            "connectby",
        ],
        &[],
    ),
    (
        "timescaledb",
        &[
            "create_hypertable",
            "create_distributed_hypertable",
            "time_bucket",
            "time_bucket_gapfill",
            "add_retention_policy",
            "add_compression_policy",
            "add_continuous_aggregate_policy",
            "refresh_continuous_aggregate",
            "add_dimension",
            "set_chunk_time_interval",
            "drop_chunks",
            "show_chunks",
            "hypertable_size",
            "by_range",
            "by_hash",
            "add_job",
            "alter_job",
        ],
        &[],
    ),
    ("tsm_system_rows", &["system_rows"], &[]),
    ("tsm_system_time", &["system_time"], &[]),
    ("unaccent", &["unaccent"], &["unaccent_"]),
    ("uuid-ossp", &["uuid_nil"], &["uuid_generate_", "uuid_ns_"]),
    (
        "vector",
        &[
            "vector",
            "halfvec",
            "sparsevec",
            "l2_distance",
            "cosine_distance",
            "inner_product",
            "l1_distance",
            "vector_dims",
            "vector_norm",
            "vector_l2_ops",
            "vector_cosine_ops",
            "vector_ip_ops",
            "halfvec_l2_ops",
            "halfvec_cosine_ops",
            "ivfflat",
            "hnsw",
        ],
        &[],
    ),
    (
        "xml2",
        &[
            "xpath_string",
            "xpath_number",
            "xpath_bool",
            "xpath_nodeset",
            "xpath_list",
            "xpath_table",
            "xslt_process",
        ],
        &[],
    ),
];

/// The extensions that bring an object of this (folded) name; several may.
pub(super) fn of(name: &str) -> impl Iterator<Item = &'static str> {
    let brings = move |entry: &&Entry| {
        entry.1.contains(&name) || entry.2.iter().any(|start| name.starts_with(start))
    };
    POSTGRES.iter().filter(brings).map(|entry| entry.0)
}

/// What `requires` says in the extensions' control files.
const REQUIRES: &[(&str, &[&str])] = &[
    ("bool_plperl", &["plperl"]),
    ("bool_plperlu", &["plperlu"]),
    ("earthdistance", &["cube"]),
    ("hstore_plperl", &["hstore", "plperl"]),
    ("hstore_plperlu", &["hstore", "plperlu"]),
    ("hstore_plpython3u", &["hstore", "plpython3u"]),
    ("jsonb_plperl", &["plperl"]),
    ("jsonb_plperlu", &["plperlu"]),
    ("jsonb_plpython3u", &["plpython3u"]),
    ("ltree_plpython3u", &["ltree", "plpython3u"]),
    ("postgis_raster", &["postgis"]),
    ("postgis_sfcgal", &["postgis"]),
    ("postgis_tiger_geocoder", &["postgis", "fuzzystrmatch"]),
    ("postgis_topology", &["postgis"]),
];

/// The extensions that an extension requires.
pub(super) fn behind(extension: &str) -> &'static [&'static str] {
    let found = REQUIRES.iter().find(|(name, _)| *name == extension);
    found.map_or(&[], |(_, required)| required)
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_lead_to_their_extensions() {
        let of = |name| super::of(name).collect::<Vec<_>>();
        assert_eq!(of("uuid_generate_v4"), ["uuid-ossp"]);
        assert_eq!(of("geometry"), ["postgis"]);
        assert_eq!(of("st_area"), ["postgis"]);
        assert_eq!(of("orders"), [""; 0]);
    }
}
