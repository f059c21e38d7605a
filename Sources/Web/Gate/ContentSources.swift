/// What one page may load from elsewhere, for its content security policy.
struct ContentSources: Sendable, Equatable {
    var scripts: [String] = []
    var frames: [String] = []
    var styles: [String] = []
    var connections: [String] = []

    static let none = ContentSources()
}
