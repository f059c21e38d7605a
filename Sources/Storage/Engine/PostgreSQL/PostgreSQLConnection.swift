import CPostgreSQL
import Foundation

/// One connection, for one thread at a time.
///
/// Every answer is waited for with an end: a server that has stopped, or a network that swallows everything, never
/// keeps a thread.
///
/// `@unchecked Sendable`: whoever opens it hands it to the one thread that uses it from then on.
final class PostgreSQLConnection: SQLConnection, @unchecked Sendable {
    private var handle: OpaquePointer?
    private var statements: [String: PostgreSQLStatement] = [:]
    /// What has been put and not yet sent: it goes with the next statement, in one exchange.
    private var owed: [(statement: PostgreSQLStatement, values: [SQLValue])] = []
    /// What the transaction under way has failed with: PostgreSQL keeps nothing of it.
    private(set) var fault: PostgreSQLFault?
    private(set) var isLost = false
    /// The number of the transaction under way, when it was asked for as it began.
    private(set) var transaction: String?
    /// Which run of which server this is, when it was asked for.
    var server: String?
    /// How long an answer may take.
    var patience: Duration = .seconds(10)

    /// The verbs have far fewer statements; the bound keeps a mistake from growing for ever.
    private static let mostStatements = 256

    /// Few, so that a fault shows soon after what has caused it.
    private static let mostOwed = 64

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { close() }

    func rows(_ sql: String, _ values: [SQLValue]) throws -> [Row] {
        try run(sql, values).rows()
    }

    /// All of them in one exchange. Outside of a transaction they see one state of the database. When one fails none is
    /// answered, and the error is a `FailedStatement`.
    func rows(together wanted: [SQLStatement]) throws -> [[Row]] {
        if let fault { throw fault.storageError }
        var number = 0
        let results: [PostgreSQLResult]
        do throws(PostgreSQLFault) {
            // Not in the middle: a name would come to mean another statement than the one it was taken for.
            try sendOwed()
            if statements.count + wanted.count > Self.mostStatements { try forgetStatements() }
            var together: [(PostgreSQLStatement, [SQLValue])] = []
            for one in wanted {
                number = together.count
                together.append((try checked(one.sql, one.values), one.values))
            }
            owed = together
            results = try sendOwed { number = $0 }
        } catch {
            fault = error
            throw FailedStatement(
                number: number, fault: error.storageError, isOfConnection: error.spoilsConnection)
        }
        return try results.map { try $0.rows() }
    }

    @discardableResult
    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int {
        try run(sql, values).changes
    }

    /// Three rows that are new cost one exchange and not three: what is put waits for no answer of its own.
    func put(_ sql: String, _ values: [SQLValue]) throws {
        try failing { () throws(PostgreSQLFault) in
            owed.append((try checked(sql, values), values))
            if owed.count >= Self.mostOwed { try sendOwed() }
        }
    }

    /// Sends what is owed, and says what became of it.
    func settle() throws {
        try failing { () throws(PostgreSQLFault) in _ = try sendOwed() }
    }

    /// PostgreSQL tells it when the transaction commits.
    func announce(_ topic: String) throws {
        try put("SELECT 1 FROM (SELECT pg_notify($1, $2)) n", [.text(PostgreSQLListener.channel), .text(topic)])
    }

    /// Statements of this room without parameters, which return nothing: `BEGIN`, `SET`…
    @discardableResult
    func command(_ sql: String) throws(PostgreSQLFault) -> PostgreSQLResult {
        guard !owed.isEmpty else { return try exchange { PQsendQuery($0, sql) } }
        return try exchange { PQsendQueryParams($0, sql, 0, nil, nil, nil, nil, 0) }
    }

    /// Begins anew, without what failed before.
    func begin(_ sql: String) throws(PostgreSQLFault) {
        fault = nil
        owed = []
        transaction = try command(sql).word
    }

    func rollBack() throws(PostgreSQLFault) {
        owed = []
        try command("ROLLBACK")
    }

    /// Outside of transactions each statement stands for itself.
    func forgetFault() { fault = nil }

    /// What the server has not said itself leaves open what it has done.
    func fail(with fault: PostgreSQLFault) {
        self.fault = fault
        if fault.state.isEmpty { isLost = true }
    }

    /// What was told since, and did not fit into answers.
    func notifications() -> [String] {
        guard let handle, PQconsumeInput(handle) == 1 else {
            isLost = true
            return []
        }
        var topics: [String] = []
        while let notice = PQnotifies(handle) {
            topics.append(String(cString: notice.pointee.extra))
            PQfreemem(notice)
        }
        return topics
    }

    /// Whether something has come before the time is over.
    func wait(_ time: Duration) -> Bool {
        guard let handle else { return false }
        var place = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        let milliseconds = time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000
        let ready = poll(&place, 1, Int32(clamping: max(0, milliseconds)))
        return ready > 0 || (ready < 0 && errno == EINTR)
    }

    func close() {
        statements = [:]
        isLost = true
        PQfinish(handle)
        handle = nil
    }

    private func run(_ sql: String, _ values: [SQLValue]) throws -> PostgreSQLResult {
        try failing { () throws(PostgreSQLFault) in
            let statement = try checked(sql, values)
            return try exchange { statement.send(values, on: $0) }
        }
    }

    /// After a fault nothing goes any further.
    private func failing<Answer>(_ deed: () throws(PostgreSQLFault) -> Answer) throws -> Answer {
        if let fault { throw fault.storageError }
        do throws(PostgreSQLFault) {
            return try deed()
        } catch {
            fault = error
            throw error.storageError
        }
    }

    private func forgetStatements() throws(PostgreSQLFault) {
        try command("DEALLOCATE ALL")
        statements = [:]
    }

    private func checked(_ sql: String, _ values: [SQLValue]) throws(PostgreSQLFault) -> PostgreSQLStatement {
        let statement = try statement(sql)
        try statement.check(values)
        return statement
    }

    private func statement(_ sql: String) throws(PostgreSQLFault) -> PostgreSQLStatement {
        if let kept = statements[sql] { return kept }
        if statements.count >= Self.mostStatements { try forgetStatements() }
        let name = "s\(statements.count)"
        _ = try exchange { PQsendPrepare($0, name, sql, 0, nil) }
        let described = try exchange { PQsendDescribePrepared($0, name) }
        let statement = PostgreSQLStatement(name: name, types: described.parameterTypes)
        statements[sql] = statement
        return statement
    }

    /// - Parameter told: of a pipeline that fails, how many of its statements had gone well.
    @discardableResult
    private func sendOwed(told: (Int) -> Void = { _ in }) throws(PostgreSQLFault) -> [PostgreSQLResult] {
        owed.isEmpty ? [] : try pipeline(of: owed.count, { _ in 1 }, told)
    }

    /// Sends what is owed and then this, and reads the answer to its end.
    private func exchange(_ send: (OpaquePointer) -> Int32) throws(PostgreSQLFault) -> PostgreSQLResult {
        let results = owed.isEmpty ? try plain(send) : try pipeline(of: owed.count + 1, send)
        guard let result = results.last else { throw PostgreSQLFault("the connection was lost") }
        return result
    }

    /// Of several results the first fault counts, or else the last.
    private func plain(_ send: (OpaquePointer) -> Int32) throws(PostgreSQLFault) -> [PostgreSQLResult] {
        guard let handle, !isLost else { throw PostgreSQLFault("the connection is closed") }
        guard send(handle) == 1 else { throw lost(handle) }
        var results: [PostgreSQLResult] = []
        var fault: PostgreSQLFault?
        let end = ContinuousClock.now + patience
        do throws(PostgreSQLFault) {
            while let result = try next(handle, before: end) {
                results.append(result)
                fault = fault ?? result.fault
                if result.isCopy { isLost = true }
                if isLost || PQstatus(handle) == CONNECTION_BAD { break }
            }
        } catch {
            // As in a pipeline: what was answered has been carried out.
            guard fault == nil, results.last?.tag == "COMMIT" else { throw fault ?? error }
        }
        if PQstatus(handle) == CONNECTION_BAD { isLost = true }
        guard !results.isEmpty else { throw lost(handle) }
        if let fault { throw fault }
        return results
    }

    /// What is owed and this, so many statements in one go. Nothing of it runs after a fault: not even a `COMMIT`.
    private func pipeline(
        of count: Int, _ send: (OpaquePointer) -> Int32, _ told: (Int) -> Void = { _ in }
    ) throws(PostgreSQLFault) -> [PostgreSQLResult] {
        guard let handle, !isLost else { throw PostgreSQLFault("the connection is closed") }
        let owed = owed
        self.owed = []
        guard PQenterPipelineMode(handle) == 1, owed.allSatisfy({ $0.statement.send($0.values, on: handle) == 1 }),
            send(handle) == 1, PQpipelineSync(handle) == 1
        else { throw lost(handle) }
        var results: [PostgreSQLResult] = []
        var fault: PostgreSQLFault?
        do throws(PostgreSQLFault) {
            try readPipeline(handle) { result in
                fault = fault ?? result.fault
                if fault == nil { results.append(result) }
            }
        } catch {
            fault = fault ?? error
        }
        // A statement that was answered has been carried out, whatever became of the connection after it: a `COMMIT` that
        // is said to have failed would be made again.
        if results.count >= count {
            if fault != nil { isLost = true }
            return results
        }
        told(results.count)
        throw fault ?? lost(handle)
    }

    /// Until the result that ends a pipeline. Whatever ends otherwise is lost. Each statement may take as long as one
    /// alone, and all of them twice as long.
    private func readPipeline(_ handle: OpaquePointer, _ read: (PostgreSQLResult) -> Void) throws(PostgreSQLFault) {
        let end = ContinuousClock.now + patience * 2
        var isBetween = false
        while true {
            // Between two statements there is nothing, once.
            guard let result = try next(handle, before: min(.now + patience, end)) else {
                guard !isBetween, PQstatus(handle) != CONNECTION_BAD else { throw lost(handle) }
                isBetween = true
                continue
            }
            isBetween = false
            if result.endsPipeline { break }
            read(result)
        }
        guard PQexitPipelineMode(handle) == 1 else { throw lost(handle) }
    }

    /// `nil` at the end of a statement.
    private func next(
        _ handle: OpaquePointer, before end: ContinuousClock.Instant
    ) throws(PostgreSQLFault) -> PostgreSQLResult? {
        while PQisBusy(handle) == 1 {
            let left = end - .now
            guard left > .zero else {
                isLost = true
                throw PostgreSQLFault("the server did not answer in time")
            }
            guard !wait(left) || PQconsumeInput(handle) == 1 else { throw lost(handle) }
        }
        return PQgetResult(handle).map(PostgreSQLResult.init)
    }

    private func lost(_ handle: OpaquePointer) -> PostgreSQLFault {
        isLost = true
        return PostgreSQLFault(PostgreSQLFault.line(String(cString: PQerrorMessage(handle))))
    }
}
