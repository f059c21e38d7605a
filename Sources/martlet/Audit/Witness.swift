import OAuth

extension Settings {
    /// One event of a command whose effect may lie in files: logged, and written if there is a database. What the
    /// command has done stays done when the database is away; the log then tells of it alone.
    func witness(_ event: AuditEvent) async {
        guard hasDatabase else { return LoggedAudit(commandLogger).record(event) }
        do {
            let store = try await OpenHouse.openStore(self)
            await StoredAudit.witness(event, in: store, logger: commandLogger)
            await store.close()
        } catch {
            LoggedAudit(commandLogger).record(event)
            commandLogger.error("the event stands in the log alone", metadata: ["error": "\(error)"])
        }
    }
}
