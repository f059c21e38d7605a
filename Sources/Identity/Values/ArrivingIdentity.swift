/// By what somebody who comes from another system is known to a provider.
package enum ArrivingIdentity: Sendable, Equatable {
    case known(UpstreamIdentity.Key, label: String?)
    case expected(ExpectedIdentity)

    package var provider: String {
        switch self {
        case .known(let key, _): key.provider
        case .expected(let expected): expected.provider
        }
    }

    /// Two that have the same are the same identity; texts alone are equal too soon.
    package var bytes: [UInt8] {
        switch self {
        case .known(let key, _): [0] + Array(key.provider.utf8) + [0] + Array(key.subject.utf8)
        case .expected(let expected): [1] + Array(expected.provider.utf8) + [0] + Array(expected.canonicalEmail.utf8)
        }
    }
}
