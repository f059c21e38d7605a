@testable import JSON

/// People to be taken over, one record at a time out of a text of any length; the first byte says in what pieces it is
/// read.
struct RecordsTarget: FuzzTarget {
    static let name = "json-records"

    func check(_ bytes: [UInt8]) {
        var pieces = Pieces(bytes)
        let (step, text) = (Int(pieces.byte() % 16) + 1, pieces.remainder())
        for member in [nil, "users"] {
            let whole = records(text, member: member, step: max(1, text.count))
            demand(whole == records(text, member: member, step: step), "it does not matter how a text arrives")
            guard let whole else { continue }
            demand(whole.allSatisfy { ($0?.count ?? 0) <= 64 }, "a record is bounded")
        }
        guard let value = try? JSONValue(parsing: text), let elements = value.arrayValue else { return }
        let read = records(text, member: nil, step: step)
        demand(read?.count == elements.count, "a list has its elements")
        for (record, element) in zip(read ?? [], elements) {
            guard let record else { continue }
            demand((try? JSONValue(parsing: record)) == element, "a record is its element")
        }
    }

    /// `nil` for a text that is not whole; of a record that is too long, `nil`.
    private func records(_ text: [UInt8], member: String?, step: Int) -> [[UInt8]?]? {
        var rest = text[...]
        var reader = JSONRecords(member: member, mostBytes: 64) {
            defer { rest = rest.dropFirst(step) }
            return Array(rest.prefix(step))
        }
        var records: [[UInt8]?] = []
        do {
            while let record = try reader.next() { records.append(record.bytes) }
        } catch {
            demand(error is JSONFault, "a broken text is said to be")
            return nil
        }
        return records
    }
}
