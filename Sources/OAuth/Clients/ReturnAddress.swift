/// A place an authorization response may be sent to. It can only be made by an exact match with a
/// registered redirect address, so an open redirect cannot be built by mistake (AZ3).
package struct ReturnAddress: Sendable, Equatable {
    package let uri: String
    package let mode: ResponseMode
    package let state: String?
    package let wasSent: Bool

    /// `nil` unless the address is registered; with none given, the only registered one (AZ22).
    init?(_ presented: String?, of client: Client, mode: ResponseMode, state: String?) {
        if let presented {
            guard client.redirectURIs.contains(where: { RedirectURI.matches(presented, registered: $0) }) else {
                return nil
            }
            uri = presented
        } else {
            guard let only = client.redirectURIs.first, client.redirectURIs.count == 1 else { return nil }
            uri = only
        }
        self.mode = mode
        self.state = state
        wasSent = presented != nil
    }
}
