import CPostgreSQL
import Foundation

extension PostgreSQLAddress {
    /// Connects and prepares the session, or says why not. Blocks for some seconds at most.
    func connect() throws -> PostgreSQLConnection {
        guard let handle = open() else { throw StorageError.unavailable("no memory for a connection to \(self)") }
        let connection = PostgreSQLConnection(handle)
        guard PQstatus(handle) == CONNECTION_OK else {
            let reason = PostgreSQLFault.line(String(cString: PQerrorMessage(handle)))
            connection.close()
            throw unreachable(reason)
        }
        // Notices are for people at a terminal.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        do {
            try refuseUnfit(handle)
            try connection.command(Self.session)
        } catch {
            connection.close()
            guard let fault = error as? PostgreSQLFault else { throw error }
            throw unreachable(fault.message)
        }
        return connection
    }

    /// What holds in every session. A write is durable before it is acknowledged, on standbys too where there are
    /// any (OP1). Writes say themselves that they write. Plans go by indexes: what a serializable transaction has
    /// looked at as a whole conflicts with everything. A plan that cannot go by one is priced so high by that, that
    /// PostgreSQL would compile it each time, for tens of milliseconds; nothing here is ever worth it.
    private static let session = """
        SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
        SELECT set_config('synchronous_commit', 'on', false)
            WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply');
        SET statement_timeout = '8s';
        SET lock_timeout = '5s';
        SET idle_in_transaction_session_timeout = '30s';
        SET enable_seqscan = off;
        SET jit = off
        """

    /// Given with every connection: none may wait for ever.
    private static let patience = [
        "connect_timeout": "3", "keepalives": "1", "keepalives_idle": "10", "keepalives_interval": "3",
        "keepalives_count": "3", "tcp_user_timeout": "10000", "client_encoding": "UTF8",
    ]

    private func open() -> OpaquePointer? {
        let given = ["application_name": "martlet"].merging(parameters) { $1 }.merging(Self.patience) { $1 }
        let texts = (given.map(\.key) + given.map(\.value)).map { strdup($0) }
        defer { for text in texts { free(text) } }
        let keywords = texts.prefix(given.count).map { UnsafePointer($0) } + [nil]
        let values = texts.suffix(given.count).map { UnsafePointer($0) } + [nil]
        return PQconnectdbParams(keywords, values, 0)
    }

    private func refuseUnfit(_ handle: OpaquePointer) throws {
        let version = PQserverVersion(handle)
        guard version >= 140_000 else {
            throw StorageError.cannotOpen(
                path: "PostgreSQL \(self)", reason: "the server has version \(version / 10_000); 14 or later is needed")
        }
        let encoding = PQparameterStatus(handle, "server_encoding").map { String(cString: $0) } ?? "unknown"
        guard encoding == "UTF8" else {
            throw StorageError.cannotOpen(
                path: "PostgreSQL \(self)",
                reason: "its encoding is \(encoding); create it with ENCODING 'UTF8' TEMPLATE template0")
        }
    }

    private func unreachable(_ reason: String) -> StorageError {
        .unavailable(
            "PostgreSQL \(self) cannot be reached (\(reason)); see that it runs, and that host, name, role and password "
                + "in database_url are right")
    }
}
