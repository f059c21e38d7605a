/// What this program is.
enum Build {
    /// By semantic versioning, https://semver.org.
    static let version = "0.1.0"
}
