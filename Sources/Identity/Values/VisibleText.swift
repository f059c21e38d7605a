import Foundation

/// Text that shows what it says: nothing that ends lines, hides, or turns the direction of what stands around it
/// (IN12).
package enum VisibleText {
    package static func isOneLine(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(isVisible) }

    /// Lines end with LF alone.
    package static func isLines(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0 == "\n" || isVisible($0) }
    }

    package static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate: false
        default: !(0x202A...0x202E).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value)
        }
    }
}
