/// A database with a life of its own, which the verbs need not know about.
package protocol Engine: Database {
    /// Throws when it can neither be read nor be written now.
    func ping() async throws

    /// Callers that still wait get `.unavailable`; returns when nothing is open any more.
    func close() async
}
