import JSON
import OAuth

extension Explanation {
    static let columns = "reference, at, route, status, client_id, subject, checks"

    init(_ row: Row) throws {
        var cursor = RowCursor(row)
        let reference = try cursor.text()
        let (at, route, status) = (try cursor.instant(), try cursor.text(), try cursor.integer())
        let (clientID, subject) = (try cursor.optionalText(), try cursor.optionalText())
        guard let checks = try? JSONValue(parsing: Array(try cursor.text().utf8), maximumBytes: 1_048_576),
            let examination = Examination(checks: checks, clientID: clientID, subject: subject),
            let status = Int(exactly: status)
        else { throw StorageError.corrupt("explanation \(reference): checks") }
        self.init(reference: reference, at: at, route: route, status: status, examination: examination)
    }
}

extension SQLConnection {
    func insert(_ explanation: Explanation, number: Int64, until expiry: Instant) throws {
        try insert(
            into: "explanations",
            [
                "reference": .text(explanation.reference),
                "number": .integer(number),
                "at": .instant(explanation.at),
                "route": .text(explanation.route),
                "status": .integer(Int64(explanation.status)),
                "client_id": .text(explanation.examination.clientID),
                "subject": .text(explanation.examination.subject),
                "checks": .text(explanation.examination.checksJSON.text),
                "expires_at": .instant(expiry),
            ], orElse: "ON CONFLICT (reference) DO NOTHING")
    }
}
