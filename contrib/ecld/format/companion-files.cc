/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "companion-files.h"

#include "base/output-file.h"
#include "input-file.h"
#include "python-json.h"

#include <array>
#include <cctype>
#include <filesystem>
#include <system_error>
#include <vector>

namespace ecld
{

namespace
{

namespace fs = std::filesystem;

constexpr std::array<const char*, 4> JSON_FILES{"chat_template.json",
                                                "generation_config.json",
                                                "special_tokens_map.json",
                                                "tokenizer_config.json"};

constexpr const char* TEMPLATE_FILE = "chat_template.jinja";
constexpr const char* TEMPLATE_FOLDER = "additional_chat_templates";
constexpr const char* DEFAULT_NAME = "default"; //!< of the template that is taken unless told

/// @param object tokenizer_config.json or chat_template.json @return its templates
std::map<std::string, std::string>
ReadTemplates(const base::JsonObject& object)
{
    const std::string key = "chat_template";
    const auto* value = object.Find(key);
    if (value == nullptr)
    {
        return {};
    }
    if (!value->is_array())
    {
        return {{DEFAULT_NAME, object.GetText(key)}};
    }
    std::map<std::string, std::string> templates;
    for (const auto& entry : *value)
    {
        const auto isText = [&entry](const char* field) {
            return entry.is_object() && entry.contains(field) && entry[field].is_string();
        };
        if (!isText("name") || !isText("template"))
        {
            object.FailValue(key, entry, "a text, or objects with name and template");
        }
        templates[entry["name"].get<std::string>()] = entry["template"].get<std::string>();
    }
    return templates;
}

/// @param path a file @return whether it is there
bool
Exists(const fs::path& path)
{
    std::error_code error;
    return fs::exists(path, error);
}

/// @param name of a template @return it as the end of a key
std::string
MakeKeyPart(const std::string& name)
{
    std::string part;
    for (const char c : name)
    {
        const auto byte = static_cast<unsigned char>(c);
        part += byte < 0x80 && std::isalnum(byte) ? static_cast<char>(std::tolower(byte)) : '_';
    }
    return part;
}

} // namespace

CompanionFiles
ReadCompanionFiles(const std::string& folder)
{
    const fs::path root(folder);
    CompanionFiles files;
    std::map<std::string, std::string> within;
    for (const std::string name : JSON_FILES)
    {
        const auto path = (root / name).string();
        if (!Exists(path))
        {
            continue;
        }
        files.documents[name] = ReadPlainText(path);
        const auto document = ParsePythonJson(files.documents[name], path);
        const base::JsonObject object(document, path);
        if (name == "tokenizer_config.json" || name == "chat_template.json")
        {
            within.merge(ReadTemplates(object)); // what is there already stays
        }
    }
    if (Exists(root / TEMPLATE_FILE))
    {
        files.documents[TEMPLATE_FILE] = ReadPlainText((root / TEMPLATE_FILE).string());
        files.templates[DEFAULT_NAME] = files.documents[TEMPLATE_FILE];
    }
    std::error_code error; // most folders have no others
    for (const auto& entry : fs::directory_iterator(root / TEMPLATE_FOLDER, error))
    {
        if (entry.path().extension() == ".jinja")
        {
            const auto name = std::string(TEMPLATE_FOLDER) + "/" + entry.path().filename().string();
            files.documents[name] = ReadPlainText(entry.path().string());
            files.templates[entry.path().stem().string()] = files.documents[name];
        }
    }
    if (files.templates.empty())
    {
        files.templates = within;
    }
    return files;
}

void
WriteCompanionFiles(const CompanionFiles& files, const std::string& folder)
{
    for (const auto& [name, text] : files.documents)
    {
        const fs::path path = fs::path(folder) / name;
        fs::create_directories(path.parent_path());
        base::WriteTextFile(path.string(), text);
    }
}

GgufMetadata
MakeTemplateMetadata(const CompanionFiles& files)
{
    const std::string key = "tokenizer.chat_template";
    GgufMetadata metadata;
    std::vector<std::string> others;
    for (const auto& [name, text] : files.templates)
    {
        if (name == DEFAULT_NAME)
        {
            metadata.emplace_back(key, text);
            continue;
        }
        others.push_back(MakeKeyPart(name));
        metadata.emplace_back(key + "." + others.back(), text);
    }
    if (!others.empty())
    {
        metadata.emplace_back(key + "s", others);
    }
    return metadata;
}

} // namespace ecld
