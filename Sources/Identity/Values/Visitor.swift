import OAuth

/// Who a request seems to come from. Only the browser's digest is proof of anything; the rest is shown to the
/// person in the list of sessions.
package struct Visitor: Sendable, Equatable {
    package let browser: TokenDigest
    package let device: String
    package let address: String

    package init(browser: TokenDigest, device: String, address: String) {
        self.browser = browser
        self.device = device
        self.address = address
    }

    package init(browser: TokenDigest, userAgent: String?, network: ClientNetwork) {
        self.init(browser: browser, device: DeviceName.from(userAgent: userAgent), address: network.address)
    }
}
