/// One way in which other systems hash passwords, as it is kept and compared here.
///
/// A value can only be made with parameters that are whole and within the ceilings, so that whoever holds one may
/// compute it.
protocol ImportedForm: Sendable {
    /// Whether it is kept under this name.
    static func reads(scheme: String) -> Bool

    init(scheme: String, blob: String) throws(HashFault)

    var scheme: String { get }
    /// Reads back through `init`; ASCII that can be printed.
    var blob: String { get }

    /// Whether these bytes made the hash.
    func isMade(from password: [UInt8]) -> Bool

    /// A hash of the same cost with nothing of anybody's in it; `nil` when it costs what one of ours does.
    var blank: (any ImportedForm)? { get }
}
