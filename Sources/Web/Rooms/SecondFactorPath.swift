/// Where second factors are proven and set up on the way to somewhere else.
enum SecondFactorPath {
    /// Everything that a session whose second factor is missing may reach is at or below it (MF5).
    static let prove = "/second-factor"
    /// A factor is to be set up before the request goes on; for somebody who is signed in.
    static let setUp = "/account/factors/set-up"

    // On one's own account
    static let rename = "/account/factors/rename"
    static let remove = "/account/factors/remove"
    static let codes = "/account/factors/codes"
    static let forgetBrowser = "/account/factors/remembered/forget"
    static let forgetAllBrowsers = "/account/factors/remembered/forget-all"
    static let stopRecovery = "/account/factors/recovery/stop"
}
