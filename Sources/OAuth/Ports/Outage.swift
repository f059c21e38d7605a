/// An error that may be one waiting cures: storage that cannot be reached or is full. The edge then answers 503
/// with Retry-After instead of 500.
package protocol Outage: Error {
    /// Whether this very error passes by itself.
    var isTemporary: Bool { get }
}
