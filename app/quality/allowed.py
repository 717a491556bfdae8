"""The functions that SQL of a user may call: what computes from its arguments and reads nothing else."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OPERATORS = _words(
    """
    ! !~~ !~~* % & && * ** + - -> ->> / // << <@ >> @ @> ^ ^@ ilike_escape like_escape not_ilike_escape not_like_escape |
    || ~ ~~ ~~* ~~~
    """
)

AGGREGATES = _words(
    """
    any_value approx_count_distinct arg_max arg_min array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count
    count_if count_star countif covar_pop covar_samp entropy first fsum histogram kurtosis last list mad max max_by mean
    median min min_by mode product quantile quantile_cont quantile_disc regr_intercept regr_slope skewness stddev
    stddev_pop stddev_samp string_agg sum var_pop var_samp variance
    """
)

WINDOWS = _words(
    """
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
    """
)

NUMBERS = _words(
    """
    abs acos add asin atan atan2 bit_count cbrt ceil ceiling cos degrees divide even exp factorial floor fmod gcd greatest
    hash isfinite isinf isnan lcm least ln log log10 log2 mod multiply pi pow power radians round round_even sign sin sqrt
    subtract tan trunc
    """
)

TEXTS = _words(
    """
    ascii base64 char_length character_length chr concat concat_ws contains damerau_levenshtein ends_with format hamming
    instr jaccard jaro_similarity jaro_winkler_similarity lcase left len length levenshtein lower lpad ltrim md5
    nfc_normalize ord overlay position prefix printf regexp_extract regexp_full_match regexp_matches regexp_replace
    regexp_split_to_array replace reverse right rpad rtrim sha256 split_part starts_with str_split string_split
    string_split_regex strip_accents strlen strpos substr substring suffix to_base64 translate trim ucase unicode upper
    """
)

TIMES = _words(
    """
    age century current_date current_timestamp date_add date_diff date_part date_sub date_trunc datediff datepart datesub
    datetrunc day dayname dayofmonth dayofweek dayofyear decade epoch epoch_ms epoch_us era extract get_current_timestamp
    hour isodow isoyear last_day make_date make_time make_timestamp microsecond millennium millisecond minute month
    monthname now quarter second strftime strptime time_bucket timezone to_days to_hours to_microseconds to_milliseconds
    to_minutes to_months to_seconds to_timestamp to_weeks to_years today try_strptime week weekday weekofyear year
    yearweek
    """
)

CHOICES = _words(
    """
    coalesce if ifnull isnull list_value nullif row struct_pack
    """
)

LISTS = _words(
    """
    array_contains array_extract array_has array_length json_array_length json_contains json_exists json_extract
    json_extract_path_text json_extract_string json_keys json_type json_valid list_avg list_contains list_count
    list_distinct list_extract list_filter list_has list_length list_max list_min list_position list_sort list_sum
    list_transform list_unique struct_extract unnest
    """
)

FUNCTIONS = OPERATORS | AGGREGATES | WINDOWS | NUMBERS | TEXTS | TIMES | CHOICES | LISTS
