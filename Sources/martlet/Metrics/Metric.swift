/// One family of figures, as `GET /metrics` tells it.
struct Metric: Sendable {
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    let name: String
    let kind: Kind
    let help: String
    /// A histogram's upper bounds, in the unit its name ends with.
    var bounds: [Double] = []

    static func counter(_ name: String, _ help: String) -> Metric { Metric(name: name, kind: .counter, help: help) }
    static func gauge(_ name: String, _ help: String) -> Metric { Metric(name: name, kind: .gauge, help: help) }

    static func histogram(_ name: String, _ bounds: [Double], _ help: String) -> Metric {
        Metric(name: name, kind: .histogram, help: help, bounds: bounds)
    }

    /// From half a millisecond, which a key set takes, to the time after which people go away.
    private static let waits = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
}

extension Metric {
    /// Every family there is, in the order it is told. What is not in it is not told.
    static let all: [Metric] = requests + people + mail + database + keys + process

    private static let requests: [Metric] = [
        .counter(
            "martlet_http_requests_total", "Requests answered, by pattern of route, method and class of status."),
        .histogram(
            "martlet_http_request_duration_seconds", waits,
            "Time from a request that is read to the reply that is ready, by pattern of route."),
        .gauge("martlet_connections_open", "Connections to the public address that are open."),
        .gauge(
            "martlet_connections_limit", "Connections that may be open at a time; further ones wait to be accepted."),
        .counter("martlet_connections_total", "Connections to the public address that were accepted."),
        .counter(
            "martlet_connections_refused_total",
            "Connections that were ended for what came over them, or did not come, by reason."),
    ]

    private static let people: [Metric] = [
        .counter("martlet_events_total", "Security events, by kind."),
        .counter(
            "martlet_account_changes_total", "Passwords and addresses that were set, changed or taken back, by outcome."
        ),
        .counter("martlet_sign_ins_total", "Attempts to sign in, by method and outcome."),
        .counter(
            "martlet_mail_proofs_total",
            "Links and codes by mail, by purpose and outcome: asked for, held back by a limit, refused, proven."),
        .counter(
            "martlet_magic_links_total",
            "Links and codes to sign in with that were brought back, those made by staff included, by outcome."),
        .counter(
            "martlet_second_factors_total",
            "Second factors that were proven, refused, set up, removed, locked, waived or lost, by factor and outcome."),
        .counter(
            "martlet_upstream_sign_ins_total",
            "Ways to a provider and back, by provider and outcome: signed in, or why not."),
        .counter("martlet_captcha_answers_total", "Answers to captchas, by form and outcome."),
        .counter("martlet_tokens_issued_total", "Successful token requests, by grant type."),
        .counter("martlet_refusals_total", "Requests of clients that were refused, by endpoint and error code."),
        .gauge("martlet_password_hashes_running", "Passwords that are being hashed."),
        .gauge("martlet_password_hashes_waiting", "Passwords that wait to be hashed."),
        .gauge("martlet_password_hashes_places", "Passwords that may wait; further ones are refused."),
    ]

    private static let mail: [Metric] = [
        .gauge("martlet_mail_waiting", "Mails that wait to be sent, those for nobody included."),
        .gauge("martlet_mail_oldest_seconds", "How long the oldest of them has waited."),
        .counter("martlet_mail_sent_total", "Mails that were taken by the mail server."),
        .counter("martlet_mail_failures_total", "Attempts to send a mail that failed, by class."),
        .counter("martlet_mail_dropped_total", "Mails that were given up, by reason."),
    ]

    private static let database: [Metric] = [
        .gauge(
            "martlet_database_up", "1 when the last write to the database became durable, a few seconds ago at most."),
        .histogram(
            "martlet_database_duration_seconds", waits,
            "Time from asking the database to its answer, waiting included, by kind: read or write."),
        .counter("martlet_database_failures_total", "Reads and writes that failed, by kind."),
        .gauge("martlet_database_waiting", "Reads and writes that wait for a connection, by kind."),
        .gauge("martlet_database_connections", "Connections to the database, by state: idle or busy."),
        .histogram("martlet_database_commit_duration_seconds", waits, "Time of one commit to disk."),
        .histogram(
            "martlet_database_commit_writes", [1, 2, 4, 8, 16, 32, 64, 128, 256], "Writes that shared one commit."),
        .counter("martlet_swept_rows_total", "Expired rows that were removed."),
        .counter("martlet_housekeeping_failures_total", "Runs of a housekeeping task that failed, by task."),
    ]

    private static let keys: [Metric] = [
        .gauge("martlet_signing_key_age_seconds", "How long the key in use has signed, by algorithm."),
        .gauge("martlet_signing_key_rotates_in_seconds", "How long until its successor signs, by algorithm."),
    ]

    private static let process: [Metric] = [
        .gauge(
            "martlet_tls_certificate_end_time_seconds",
            "When the certificate of the public address ends, in seconds since 1970."),
        .gauge("martlet_build_info", "1; the version is its label."),
        .gauge("martlet_ready", "1 when requests can be served, as /health/ready says."),
        .gauge("martlet_draining", "1 once a stop has begun."),
        .counter("martlet_log_lines_dropped_total", "Log lines that were dropped because nobody read them."),
        .counter("process_cpu_seconds_total", "Processor time used."),
        .gauge("process_resident_memory_bytes", "Memory in use."),
        .gauge("process_virtual_memory_bytes", "Address space in use."),
        .gauge("process_open_fds", "Open files and sockets."),
        .gauge("process_max_fds", "Files and sockets that may be open."),
        .gauge("process_start_time_seconds", "When the process started, in seconds since 1970."),
    ]
}
