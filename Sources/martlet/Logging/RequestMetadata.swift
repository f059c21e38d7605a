import Logging
import OAuth

extension Logger.MetadataProvider {
    /// Every line that a request causes carries its reference, security events included (CF1).
    static let request = Logger.MetadataProvider {
        RequestReference.current.map { ["reference": "\($0)"] } ?? [:]
    }
}
