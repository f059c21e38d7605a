import CSodium

/// Whether two byte strings are the same, in a time that does not tell where they differ.
///
/// Lengths are not secret: strings of different length are unequal at once.
package func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && sodium_memcmp(a, b, a.count) == 0
}
