import CMaxMindDBShims
import Foundation

/// One database that is open. Reading changes nothing in it, so any number of threads may read.
///
/// `@unchecked`: the pointer is set once, and what it points to is never written to.
final class PlaceDatabase: @unchecked Sendable {
    private let handle: OpaquePointer

    init(_ path: String) throws(PlacesFault) {
        var fault: UnsafePointer<CChar>?
        guard let handle = martlet_places_open(path, &fault) else {
            let reason = fault.map { String(cString: $0) } ?? "unknown"
            throw PlacesFault(description: "\(path) cannot be used as a database of places: \(reason)")
        }
        self.handle = handle
    }

    deinit { martlet_places_close(handle) }

    /// `nil` when it is not there, or is not what a name of a place can be.
    func text(_ path: [String], of address: [UInt8]) -> String? {
        var length = 0
        let pointers = path.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        let names = pointers.map { $0.map { UnsafePointer<CChar>($0) } } + [nil]
        guard let bytes = martlet_places_text(handle, address, address.count, names, &length),
            (1...200).contains(length)
        else { return nil }
        let raw = UnsafeRawBufferPointer(start: bytes, count: length)
        guard let text = String(validating: raw, as: UTF8.self), text.unicodeScalars.allSatisfy(Self.isPrintable) else {
            return nil
        }
        return text
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate: false
        default: true
        }
    }
}

/// Why a file cannot be used.
package struct PlacesFault: Error, CustomStringConvertible {
    package let description: String
}
