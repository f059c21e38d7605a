/// Why there is no answer. Safe to log: it never holds a header, a body or the query of an address.
package enum FetchFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Not https, nor http to this machine; or not an address at all.
    case address
    /// A method or a header that would break out of its line.
    case malformedRequest
    case timedOut
    case tooLarge
    /// The certificate, or the protocol spoken, is not acceptable.
    case notSecure(String)
    case unreachable(String)
    /// The fetcher has been closed.
    case closed

    package var description: String {
        switch self {
        case .address: "the address is neither https nor on this machine"
        case .malformedRequest: "the request cannot be written"
        case .timedOut: "no complete answer in time"
        case .tooLarge: "the answer is too large"
        case .notSecure(let reason): "the connection is not secure: \(reason)"
        case .unreachable(let reason): "no answer: \(reason)"
        case .closed: "the fetcher is closed"
        }
    }
}
