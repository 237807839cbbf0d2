/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "base/output-file.h"
#include "expect-error.h"
#include "format/companion-files.h"
#include "temporary-folder.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace
{

using namespace ecld;

/// @param folder of a checkpoint @return keys and texts of its templates
std::map<std::string, std::string>
GetTemplates(const std::string& folder)
{
    std::map<std::string, std::string> templates;
    for (const auto& [key, value] : MakeTemplateMetadata(ReadCompanionFiles(folder)))
    {
        const auto* names = std::get_if<std::vector<std::string>>(&value);
        templates[key] = names ? names->front() : std::get<std::string>(value);
    }
    return templates;
}

using Templates = std::map<std::string, std::string>;

const std::string KEY = "tokenizer.chat_template";

TEST(CompanionFiles, FindsTheTemplateWhereverItStands)
{
    const TemporaryFolder folder;
    const auto& path = folder.GetPath();
    EXPECT_TRUE(ReadCompanionFiles(path).documents.empty());
    EXPECT_EQ(GetTemplates(path), Templates());
    const auto write = [&](const char* name, const std::string& text) {
        std::filesystem::create_directories(folder / "additional_chat_templates");
        base::WriteTextFile(folder / name, text);
    };
    write("tokenizer_config.json", R"({"chat_template":null,"model_max_length":1e30})");
    EXPECT_EQ(GetTemplates(path), Templates());
    write("tokenizer_config.json", R"({"chat_template":"{{ x }}\n"})");
    EXPECT_EQ(GetTemplates(path), (Templates{{KEY, "{{ x }}\n"}}));
    write("tokenizer_config.json",
          R"({"chat_template":[{"name":"default","template":"a"},)"
          R"({"name":"Tool-Use","template":"b"}]})");
    EXPECT_EQ(GetTemplates(path),
              (Templates{{KEY, "a"}, {KEY + ".tool_use", "b"}, {KEY + "s", "tool_use"}}));
    write("chat_template.jinja", "c\r\n");
    EXPECT_EQ(GetTemplates(path), (Templates{{KEY, "c\n"}})) << "the file's own wins";
    write("additional_chat_templates/rag.jinja", "d");
    EXPECT_EQ(GetTemplates(path),
              (Templates{{KEY, "c\n"}, {KEY + ".rag", "d"}, {KEY + "s", "rag"}}));
}

TEST(CompanionFiles, ACopyHasAllOfThem)
{
    const TemporaryFolder folder;
    const std::vector<std::string> names{"generation_config.json",
                                         "tokenizer_config.json",
                                         "special_tokens_map.json",
                                         "chat_template.jinja",
                                         "additional_chat_templates/rag.jinja"};
    std::filesystem::create_directories(folder / "additional_chat_templates");
    for (const auto& name : names)
    {
        base::WriteTextFile(folder / name, R"({"of":")" + name + R"("})");
    }
    const auto files = ReadCompanionFiles(folder.GetPath());
    WriteCompanionFiles(files, folder / "copy");
    EXPECT_EQ(files.documents.size(), names.size());
    EXPECT_EQ(ReadCompanionFiles(folder / "copy").documents, files.documents);
    EXPECT_EQ(ReadCompanionFiles(folder / "copy").templates, files.templates);
}

TEST(CompanionFiles, RefusesWithFileAndField)
{
    const TemporaryFolder folder;
    const auto refused = [&](const char* name, const char* text, const char* word) {
        base::WriteTextFile(folder / name, text);
        ExpectError<std::runtime_error>([&] { ReadCompanionFiles(folder.GetPath()); },
                                        {folder / name, word});
        std::filesystem::remove(folder / name);
    };
    refused("generation_config.json", "[]", "an object");
    refused("tokenizer_config.json", R"({"chat_template":3})", "chat_template: got 3");
    refused("tokenizer_config.json", R"({"chat_template":[{"name":"x"}]})", "name and template");
    for (const char* name : {"chat_template.jinja", "special_tokens_map.json"})
    {
        refused(name, "version https://git-lfs.github.com/spec/v1\noid", "Git LFS");
    }
}

} // namespace
