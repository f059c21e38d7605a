import CMaxMindDBShims
import Foundation
import Identity
import Synchronization

/// Tells roughly where an address is, from a file in MaxMind's format (GeoLite2 City or Country, DB-IP Lite and the like). No
/// other machine is ever asked (B095).
package final class PlaceBook: PlaceDirectory {
    private let path: String
    private let database: Mutex<PlaceDatabase>

    /// The file is copied into memory: who writes a new one over it changes nothing here until `reload`.
    package init(_ path: String) throws(PlacesFault) {
        self.path = path
        database = Mutex(try PlaceDatabase(path))
    }

    /// Reads the file again; one that cannot be used leaves things as they are.
    package func reload() throws(PlacesFault) {
        let read = try PlaceDatabase(path)
        database.withLock { $0 = read }
    }

    /// `Zurich, Switzerland`, or what is known of that.
    package func place(of address: String) -> String? {
        let database = database.withLock { $0 }
        guard let bytes = Self.bytes(of: address) else { return nil }
        let city = database.text(["city", "names", "en"], of: bytes)
        let country =
            database.text(["country", "names", "en"], of: bytes)
            ?? database.text(["registered_country", "names", "en"], of: bytes)
        let parts = [city, country].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// Of a numeric address: nothing is looked up by name.
    private static func bytes(of text: String) -> [UInt8]? {
        guard !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var sixteen = in6_addr()
        return inet_pton(AF_INET6, text, &sixteen) == 1 ? withUnsafeBytes(of: &sixteen) { Array($0) } : nil
    }
}
