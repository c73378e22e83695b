//! What PostgreSQL brings along: names that are never a patch's unless a schema says so.
//!
//! The lists are the contents of `pg_catalog` in PostgreSQL 15 with the newer names of 16 to 18 and
//! the grammar's own spellings of types.

use crate::name::ObjectName;

fn listed(list: &[&str], name: &ObjectName) -> bool {
    match &name.schema {
        Some(schema) => schema.as_str() == "pg_catalog",
        None => list.binary_search(&name.name.as_str()).is_ok(),
    }
}

/// A type of `pg_catalog`.
pub(in crate::read) fn is_type(name: &ObjectName) -> bool {
    listed(TYPES, name)
}

/// A table or view of `pg_catalog` or `information_schema`.
pub(in crate::read) fn is_relation(name: &ObjectName) -> bool {
    match &name.schema {
        Some(schema) => matches!(
            schema.as_str(),
            "pg_catalog" | "information_schema" | "pg_toast"
        ),
        None => listed(RELATIONS, name),
    }
}

/// An operator class of `pg_catalog`.
pub(in crate::read) fn is_operator_class(name: &ObjectName) -> bool {
    listed(OPERATOR_CLASSES, name)
}

/// An operator of `pg_catalog`.
pub(in crate::read) fn is_operator(name: &ObjectName) -> bool {
    listed(OPERATORS, name)
}

/// A text search object of `pg_catalog`: a configuration or dictionary of a language, or what these
/// are made of.
pub(in crate::read) fn is_text_search(name: &ObjectName) -> bool {
    if let Some(schema) = &name.schema {
        return schema.as_str() == "pg_catalog";
    }
    let name = name.name.as_str();
    matches!(
        name,
        "default" | "ispell" | "simple" | "snowball" | "synonym" | "thesaurus"
    ) || LANGUAGES.contains(&name.strip_suffix("_stem").unwrap_or(name))
}

/// The languages that text search knows (PostgreSQL 18).
#[rustfmt::skip]
const LANGUAGES: &[&str] = &[
    "arabic", "armenian", "basque", "catalan", "danish", "dutch", "english", "estonian", "finnish",
    "french", "german", "greek", "hindi", "hungarian", "indonesian", "irish", "italian",
    "lithuanian", "nepali", "norwegian", "portuguese", "romanian", "russian", "serbian", "spanish",
    "swedish", "tamil", "turkish", "yiddish",
];

/// A collation of `pg_catalog`; those of the operating system and ICU have a country or an `x`.
pub(in crate::read) fn is_collation(name: &ObjectName) -> bool {
    match &name.schema {
        Some(schema) => schema.as_str() == "pg_catalog",
        None => {
            let name = name.name.as_str();
            matches!(
                name,
                "C" | "POSIX"
                    | "default"
                    | "ucs_basic"
                    | "unicode"
                    | "pg_c_utf8"
                    | "pg_unicode_fast"
            ) || name.contains("-x-icu")
                || name.contains(".utf8")
                || name.contains(".UTF-8")
                || name.as_bytes().get(2) == Some(&b'_')
        }
    }
}

/// An access method that is always there.
pub(in crate::read) fn is_access_method(name: &str) -> bool {
    matches!(
        name,
        "heap" | "btree" | "hash" | "gist" | "gin" | "spgist" | "brin"
    )
}

/// A language that is always there.
pub(in crate::read) fn is_language(name: &str) -> bool {
    matches!(name, "sql" | "plpgsql" | "c" | "internal")
}

/// A role that is always there, or a word that stands for one.
pub(in crate::read) fn is_role(name: &str) -> bool {
    name == "public"
        || name.starts_with("pg_")
        || matches!(
            name,
            "current_user" | "session_user" | "current_role" | "user"
        )
}

/// Words that look like calls and are none (PostgreSQL manual, "Conditional Expressions" and the
/// like): no function can have these names without quotes.
pub(in crate::read) fn is_construct(name: &str) -> bool {
    matches!(
        name,
        "coalesce"
            | "greatest"
            | "least"
            | "nullif"
            | "grouping"
            | "row"
            | "xmlconcat"
            | "merge_action"
    )
}

/// Types, and `none`, which stands where an operator has none; in the order of their bytes.
#[rustfmt::skip]
static TYPES: &[&str] = &[
    "aclitem", "any", "anyarray", "anycompatible", "anycompatiblearray", "anycompatiblemultirange",
    "anycompatiblenonarray", "anycompatiblerange", "anyelement", "anyenum", "anymultirange",
    "anynonarray", "anyrange", "bigint", "bigserial", "bit", "bool", "boolean", "box", "bpchar",
    "bytea", "char", "cid", "cidr", "circle", "cstring", "date", "datemultirange", "daterange",
    "dec", "decimal", "event_trigger", "fdw_handler", "float", "float4", "float8", "gtsvector",
    "index_am_handler", "inet", "int", "int1", "int2", "int2vector", "int4", "int4multirange",
    "int4range", "int8", "int8multirange", "int8range", "integer", "internal", "interval", "json",
    "jsonb", "jsonpath", "language_handler", "line", "lseg", "macaddr", "macaddr8", "money", "name",
    "nchar", "none", "numeric", "nummultirange", "numrange", "oid", "oidvector", "path",
    "pg_brin_bloom_summary", "pg_brin_minmax_multi_summary", "pg_ddl_command", "pg_dependencies",
    "pg_lsn", "pg_mcv_list", "pg_ndistinct", "pg_node_tree", "pg_snapshot", "point", "polygon",
    "real", "record", "refcursor", "regclass", "regcollation", "regconfig", "regdictionary",
    "regnamespace", "regoper", "regoperator", "regproc", "regprocedure", "regrole", "regtype",
    "serial", "serial2", "serial4", "serial8", "smallint", "smallserial", "table_am_handler",
    "text", "tid", "time", "timestamp", "timestamptz", "timetz", "trigger", "tsm_handler",
    "tsmultirange", "tsquery", "tsrange", "tstzmultirange", "tstzrange", "tsvector",
    "txid_snapshot", "unknown", "uuid", "varbit", "varchar", "void", "xid", "xid8", "xml",
];

/// Tables and views.
#[rustfmt::skip]
static RELATIONS: &[&str] = &[
    "pg_aggregate", "pg_aios", "pg_am", "pg_amop", "pg_amproc", "pg_attrdef", "pg_attribute",
    "pg_auth_members", "pg_authid", "pg_available_extension_versions", "pg_available_extensions",
    "pg_backend_memory_contexts", "pg_cast", "pg_class", "pg_collation", "pg_config",
    "pg_constraint", "pg_conversion", "pg_cursors", "pg_database", "pg_db_role_setting",
    "pg_default_acl", "pg_depend", "pg_description", "pg_enum", "pg_event_trigger", "pg_extension",
    "pg_file_settings", "pg_foreign_data_wrapper", "pg_foreign_server", "pg_foreign_table",
    "pg_group", "pg_hba_file_rules", "pg_ident_file_mappings", "pg_index", "pg_indexes",
    "pg_inherits", "pg_init_privs", "pg_language", "pg_largeobject", "pg_largeobject_metadata",
    "pg_locks", "pg_matviews", "pg_namespace", "pg_opclass", "pg_operator", "pg_opfamily",
    "pg_parameter_acl", "pg_partitioned_table", "pg_policies", "pg_policy",
    "pg_prepared_statements", "pg_prepared_xacts", "pg_proc", "pg_publication",
    "pg_publication_namespace", "pg_publication_rel", "pg_publication_tables", "pg_range",
    "pg_replication_origin", "pg_replication_origin_status", "pg_replication_slots", "pg_rewrite",
    "pg_roles", "pg_rules", "pg_seclabel", "pg_seclabels", "pg_sequence", "pg_sequences",
    "pg_settings", "pg_shadow", "pg_shdepend", "pg_shdescription", "pg_shmem_allocations",
    "pg_shseclabel", "pg_stat_activity", "pg_stat_all_indexes", "pg_stat_all_tables",
    "pg_stat_archiver", "pg_stat_bgwriter", "pg_stat_checkpointer", "pg_stat_database",
    "pg_stat_database_conflicts", "pg_stat_gssapi", "pg_stat_io", "pg_stat_progress_analyze",
    "pg_stat_progress_basebackup", "pg_stat_progress_cluster", "pg_stat_progress_copy",
    "pg_stat_progress_create_index", "pg_stat_progress_repack", "pg_stat_progress_vacuum",
    "pg_stat_recovery_prefetch", "pg_stat_replication", "pg_stat_replication_slots", "pg_stat_slru",
    "pg_stat_ssl", "pg_stat_subscription", "pg_stat_subscription_stats", "pg_stat_sys_indexes",
    "pg_stat_sys_tables", "pg_stat_user_functions", "pg_stat_user_indexes", "pg_stat_user_tables",
    "pg_stat_wal", "pg_stat_wal_receiver", "pg_stat_xact_all_tables", "pg_stat_xact_sys_tables",
    "pg_stat_xact_user_functions", "pg_stat_xact_user_tables", "pg_statio_all_indexes",
    "pg_statio_all_sequences", "pg_statio_all_tables", "pg_statio_sys_indexes",
    "pg_statio_sys_sequences", "pg_statio_sys_tables", "pg_statio_user_indexes",
    "pg_statio_user_sequences", "pg_statio_user_tables", "pg_statistic", "pg_statistic_ext",
    "pg_statistic_ext_data", "pg_stats", "pg_stats_ext", "pg_stats_ext_exprs", "pg_subscription",
    "pg_subscription_rel", "pg_tables", "pg_tablespace", "pg_timezone_abbrevs", "pg_timezone_names",
    "pg_transform", "pg_trigger", "pg_ts_config", "pg_ts_config_map", "pg_ts_dict", "pg_ts_parser",
    "pg_ts_template", "pg_type", "pg_user", "pg_user_mapping", "pg_user_mappings", "pg_views",
    "pg_wait_events",
];

/// Operator classes.
#[rustfmt::skip]
static OPERATOR_CLASSES: &[&str] = &[
    "aclitem_ops", "array_ops", "bit_minmax_ops", "bit_ops", "bool_ops", "box_inclusion_ops",
    "box_ops", "bpchar_bloom_ops", "bpchar_minmax_ops", "bpchar_ops", "bpchar_pattern_ops",
    "bytea_bloom_ops", "bytea_minmax_ops", "bytea_ops", "char_bloom_ops", "char_minmax_ops",
    "char_ops", "cid_ops", "cidr_ops", "circle_ops", "date_bloom_ops", "date_minmax_multi_ops",
    "date_minmax_ops", "date_ops", "enum_ops", "float4_bloom_ops", "float4_minmax_multi_ops",
    "float4_minmax_ops", "float4_ops", "float8_bloom_ops", "float8_minmax_multi_ops",
    "float8_minmax_ops", "float8_ops", "inet_bloom_ops", "inet_inclusion_ops",
    "inet_minmax_multi_ops", "inet_minmax_ops", "inet_ops", "int2_bloom_ops",
    "int2_minmax_multi_ops", "int2_minmax_ops", "int2_ops", "int4_bloom_ops",
    "int4_minmax_multi_ops", "int4_minmax_ops", "int4_ops", "int8_bloom_ops",
    "int8_minmax_multi_ops", "int8_minmax_ops", "int8_ops", "interval_bloom_ops",
    "interval_minmax_multi_ops", "interval_minmax_ops", "interval_ops", "jsonb_ops",
    "jsonb_path_ops", "kd_point_ops", "macaddr8_bloom_ops", "macaddr8_minmax_multi_ops",
    "macaddr8_minmax_ops", "macaddr8_ops", "macaddr_bloom_ops", "macaddr_minmax_multi_ops",
    "macaddr_minmax_ops", "macaddr_ops", "money_ops", "multirange_ops", "name_bloom_ops",
    "name_minmax_ops", "name_ops", "numeric_bloom_ops", "numeric_minmax_multi_ops",
    "numeric_minmax_ops", "numeric_ops", "oid_bloom_ops", "oid_minmax_multi_ops", "oid_minmax_ops",
    "oid_ops", "oidvector_ops", "pg_lsn_bloom_ops", "pg_lsn_minmax_multi_ops", "pg_lsn_minmax_ops",
    "pg_lsn_ops", "point_ops", "poly_ops", "quad_point_ops", "range_inclusion_ops", "range_ops",
    "record_image_ops", "record_ops", "text_bloom_ops", "text_minmax_ops", "text_ops",
    "text_pattern_ops", "tid_bloom_ops", "tid_minmax_multi_ops", "tid_minmax_ops", "tid_ops",
    "time_bloom_ops", "time_minmax_multi_ops", "time_minmax_ops", "time_ops", "timestamp_bloom_ops",
    "timestamp_minmax_multi_ops", "timestamp_minmax_ops", "timestamp_ops", "timestamptz_bloom_ops",
    "timestamptz_minmax_multi_ops", "timestamptz_minmax_ops", "timestamptz_ops", "timetz_bloom_ops",
    "timetz_minmax_multi_ops", "timetz_minmax_ops", "timetz_ops", "tsquery_ops", "tsvector_ops",
    "uuid_bloom_ops", "uuid_minmax_multi_ops", "uuid_minmax_ops", "uuid_ops", "varbit_minmax_ops",
    "varbit_ops", "varchar_ops", "varchar_pattern_ops", "xid8_ops", "xid_ops",
];

/// Operators.
#[rustfmt::skip]
static OPERATORS: &[&str] = &[
    "!!", "!=", "!~", "!~*", "!~~", "!~~*", "#", "##", "#-", "#>", "#>>", "%", "&", "&&", "&<",
    "&<|", "&>", "*", "*<", "*<=", "*<>", "*=", "*>", "*>=", "+", "-", "->", "->>", "-|-", "/",
    ":=", "<", "<->", "<<", "<<=", "<<|", "<=", "<>", "<@", "<^", "=", "=>", ">", ">=", ">>", ">>=",
    ">^", "?", "?#", "?&", "?-", "?-|", "?|", "?||", "@", "@-@", "@>", "@?", "@@", "@@@", "^", "^@",
    "|", "|&>", "|/", "|>>", "||", "||/", "~", "~*", "~<=~", "~<~", "~=", "~>=~", "~>~", "~~",
    "~~*",
];
