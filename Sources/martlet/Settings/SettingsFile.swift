import Identity
import Yams

/// `martlet.yaml`, taken apart: every value with its line and column.
struct SettingsFile {
    struct Entry {
        let setting: Setting
        let raw: RawSetting
    }

    private(set) var entries: [Entry] = []
    private(set) var faults: [SettingsFault] = []
    private(set) var providers = ProvidersInFile()
    private let path: String
    private let catalogue: [Setting]

    /// Fails never: what cannot be read becomes a fault.
    init(text: String, path: String, catalogue: [Setting]) {
        self.path = path
        self.catalogue = catalogue
        do {
            guard let root = try Yams.compose(yaml: text) else { return }
            if case .scalar(let scalar) = root, scalar.isNothing { return }
            guard case .mapping(let mapping) = root else {
                faults.append(SettingsFault(origin(of: root), "settings are lines of the form “name: value”"))
                return
            }
            read(mapping, below: "")
        } catch let error as YamlError {
            faults.append(SettingsFault(place: error.place(in: path), "the file is no YAML: \(error.problem)"))
        } catch {
            faults.append(SettingsFault(place: path, "the file cannot be read as YAML"))
        }
    }

    private mutating func read(_ mapping: Node.Mapping, below prefix: String) {
        for (key, value) in mapping {
            guard let word = key.scalar?.string else {
                faults.append(SettingsFault(origin(of: key), "a name of a setting is one word"))
                continue
            }
            let name = prefix + word
            let catalogue = catalogue(for: name)
            if let setting = catalogue.first(where: { $0.name == name }) {
                add(setting, key, value)
            } else if let setting = catalogue.first(where: { $0.isSecret && "\($0.name)_file" == name }) {
                addSecretFile(setting, key, value)
            } else if case .mapping(let inner) = value, catalogue.contains(where: { $0.name.hasPrefix(name + ".") }) {
                read(inner, below: name + ".")
            } else if name == ProviderCatalogue.level {
                readProviders(value, key)
            } else {
                providers.couldNotRead(name)
                faults.append(.unknown(name, at: origin(of: key), among: known(in: catalogue)))
            }
        }
    }

    /// Here names are the operator's. One with nothing below it stands for its place: its settings are in the environment.
    private mutating func readProviders(_ node: Node, _ key: Node) {
        guard case .mapping(let mapping) = node else {
            faults.append(
                SettingsFault(origin(of: key), "providers are lines of the form “name:”, with settings below"))
            return
        }
        for (key, value) in mapping {
            guard let id = key.scalar?.string, UpstreamProvider.isID(id) else {
                faults.append(ProviderCatalogue.noID(key.scalar?.string ?? "", at: origin(of: key)))
                continue
            }
            providers.add(id, at: origin(of: key))
            if case .mapping(let inner) = value {
                read(inner, below: "\(ProviderCatalogue.level).\(id).")
            } else if value.scalar?.isNothing != true {
                providers.couldNotRead("\(ProviderCatalogue.level).\(id)")
                faults.append(
                    SettingsFault(origin(of: value, or: key), "a provider is lines of the form “client_id: value”"))
            }
        }
    }

    /// Below a provider its own settings, elsewhere those of the table.
    private func catalogue(for name: String) -> [Setting] {
        ProviderCatalogue.provider(in: name).map(ProviderCatalogue.settings) ?? catalogue
    }

    private mutating func add(_ setting: Setting, _ key: Node, _ value: Node) {
        note(setting, key)
        guard setting.mayStandInFile else {
            let way = "\(setting.environmentName), \(setting.environmentName)_FILE or \(setting.name)_file"
            faults.append(
                SettingsFault(origin(of: key), "\(setting.name) is a secret and must not stand here; give it by \(way)")
            )
            return
        }
        guard let raw = raw(value, key) else {
            let sentence = "\(setting.name) has no value here; expected \(setting.expected), or leave the line out"
            faults.append(SettingsFault(origin(of: value, or: key), sentence))
            providers.couldNotRead(setting.name)
            return
        }
        entries.append(Entry(setting: setting, raw: raw))
    }

    private mutating func addSecretFile(_ setting: Setting, _ key: Node, _ value: Node) {
        note(setting, key)
        guard case .text(let named)? = raw(value, key) else {
            faults.append(SettingsFault(origin(of: key), "\(setting.name)_file must name a file"))
            return
        }
        guard !entries.contains(where: { $0.setting.name == setting.name }) else {
            faults.append(
                SettingsFault(origin(of: key), "\(setting.name)_file stands beside \(setting.name); give one of them"))
            return
        }
        switch SecretFile.read(named.text, namedBy: named.origin) {
        case .success(let raw): entries.append(Entry(setting: setting, raw: .text(raw)))
        case .failure(let fault): faults.append(fault)
        }
    }

    /// A provider is in the file from its first setting on, also where that is written with dots.
    private mutating func note(_ setting: Setting, _ key: Node) {
        ProviderCatalogue.provider(in: setting.name).map { providers.add($0, at: origin(of: key)) }
    }

    /// `nil` when there is nothing, or something deeper than a list of words.
    private func raw(_ node: Node, _ key: Node) -> RawSetting? {
        switch node {
        case .scalar: return text(node).map(RawSetting.text)
        case .sequence(let sequence):
            let elements = sequence.map(text)
            return elements.contains { $0 == nil } ? nil : .list(elements.compactMap { $0 }, origin(of: node, or: key))
        case .mapping(let mapping):
            let pairs = mapping.map { (text($0.key), text($0.value)) }
            let whole = pairs.compactMap { name, value in name.flatMap { name in value.map { (name: name, value: $0) } }
            }
            return whole.count == pairs.count ? .pairs(whole, origin(of: node, or: key)) : nil
        case .alias: return nil
        }
    }

    private func text(_ node: Node) -> RawText? {
        guard case .scalar(let scalar) = node, !scalar.isNothing else { return nil }
        return RawText(text: scalar.string, origin: origin(of: node))
    }

    private func origin(of node: Node, or other: Node? = nil) -> SettingOrigin {
        let mark = node.mark ?? other?.mark
        return .file(path: path, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    private func known(in catalogue: [Setting]) -> [String] {
        [ProviderCatalogue.level] + catalogue.flatMap { $0.isSecret ? [$0.name, "\($0.name)_file"] : [$0.name] }
    }
}

extension Node.Scalar {
    /// YAML 1.2 §10.2.1.1, and an empty text, which is nothing too.
    fileprivate var isNothing: Bool {
        string.isEmpty || (style == .plain || style == .any) && ["~", "null", "Null", "NULL"].contains(string)
    }
}
