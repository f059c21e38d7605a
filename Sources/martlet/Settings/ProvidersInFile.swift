/// The providers that stand in `martlet.yaml`, by their names.
struct ProvidersInFile {
    /// In the order of the file.
    private(set) var ids: [String] = []
    private(set) var origins: [String: SettingOrigin] = [:]
    /// Those of which something could not be read, wherever it stood.
    private(set) var unread: Set<String> = []

    mutating func add(_ id: String, at origin: SettingOrigin) {
        guard origins[id] == nil else { return }
        ids.append(id)
        origins[id] = origin
    }

    /// Takes the name of any setting, or what was meant to be one.
    mutating func couldNotRead(_ name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).prefix(2)
        guard parts.count == 2, parts[0] == ProviderCatalogue.level else { return }
        unread.insert(String(parts[1]))
    }
}
