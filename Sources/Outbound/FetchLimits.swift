/// The bounds of every transfer (SO9); shortened in tests only.
package struct FetchLimits: Sendable {
    package var milliseconds = 5000
    package var bytes = 1 << 20
    package var connections = 64
    /// PEM certificates of authorities to trust instead of the system's.
    package var authorities: String?

    package init() {}
}
