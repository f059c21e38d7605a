/// A database with a life of its own, which the verbs need not know about.
package protocol Engine: Database, ChangeNotices {
    /// The type of a column of bytes.
    var byteType: String { get }

    /// Whether there is a table of this name. Asking is reading, so a role without rights to make tables may.
    func hasTable(_ name: String) async throws -> Bool

    /// A write that may make and change tables. Of two processes one waits for the other, and then sees what it
    /// did; it may take longer than what people wait for.
    func change<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result

    /// The statement that keeps everybody else from tables until a change is over; `nil` where every change does.
    func lock(_ tables: [String]) -> String?

    /// What is wrong with the pages of the database, in the engine's words; `nil` when all can be read, or when a
    /// server looks after them by itself. Reads everything.
    func damage() async throws -> String?

    /// Throws when it can neither be read nor be written now.
    func ping() async throws

    /// How it stands at this moment.
    var figures: EngineFigures { get }

    /// Callers that still wait get `.unavailable`; returns when nothing is open any more.
    func close() async
}
