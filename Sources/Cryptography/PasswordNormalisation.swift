import Foundation

/// One spelling for passwords that look alike on different keyboards (D6; NIST SP 800-63B-4 §3.1.1.2).
package enum PasswordNormalisation {
    /// Unicode's NFKC form (UAX #15) in UTF-8. It can be up to 18 times as long: measure the length before.
    package static func nfkc(_ text: String) -> [UInt8] {
        Array(text.precomposedStringWithCompatibilityMapping.utf8)
    }
}
