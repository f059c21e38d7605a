import JSON

/// How one system writes down its people.
///
/// A file is read twice: once for what belongs to people and stands elsewhere in it, and to see that it is whole;
/// once for the people. So no file is too long.
package protocol ArrivalFormat: Sendable {
    /// The member of the outermost object that lists them, where there is one.
    var list: String? { get }

    /// First reading.
    mutating func note(_ record: JSONObject)

    /// What the first reading found to be missing beside the file, a sentence: without it nobody is read.
    var lack: String? { get }

    /// Second reading: `nil` for what is no person.
    func read(_ record: JSONObject) throws(ArrivalRefusal) -> ArrivingPerson?

    /// What a record, a person's or not, holds that stays behind.
    func leftBehind(_ record: JSONObject) -> LeftBehind
}

extension ArrivalFormat {
    package var list: String? { nil }
    package var lack: String? { nil }
    package mutating func note(_ record: JSONObject) {}
}
