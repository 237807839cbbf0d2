/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Files as other systems leave them: Git LFS pointers, Windows' line ends and marks.

#include "base/output-file.h"
#include "expect-error.h"
#include "format/gguf-file.h"
#include "format/input-file.h"
#include "format/model-config.h"
#include "format/safetensors-checkpoint.h"
#include "format/tokenizer-trainer.h"
#include "format/tokenizer.h"
#include "temporary-folder.h"

#include <functional>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>

namespace
{

using namespace ecld;

/// A pointer, as the specification shows it.
const std::string POINTER = "version https://git-lfs.github.com/spec/v1\n"
                            "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d1"
                            "7e2393\nsize 12345\n";

TEST(InputFile, NamesAGitLfsPointerInEveryFile)
{
    const TemporaryFolder folder;
    const auto& path = folder.GetPath();
    const auto index = folder / "model.safetensors.index.json";
    const std::vector<std::pair<std::string, std::function<void()>>> readers{
        {"config.json", [&] { ReadModelConfig(path); }},
        {"tokenizer.json", [&] { Tokenizer::Read(path); }},
        {"model.safetensors", [&] { SafetensorsCheckpoint x(path); }},
        {"texts.txt", [&] { ReadSeparatedText(folder / "texts.txt"); }},
        {"model.gguf", [&] { GgufFile x(folder / "model.gguf"); }},
    };
    for (const auto& [name, read] : readers)
    {
        base::WriteTextFile(folder / name, POINTER);
        ExpectError<std::runtime_error>(read, {name + ": a Git LFS pointer", "git lfs pull"});
        std::filesystem::remove(folder / name);
    }
    base::WriteTextFile(index, POINTER);
    ExpectError<std::runtime_error>([&] { SafetensorsCheckpoint x(path); },
                                    {index + ": a Git LFS pointer"});
    base::WriteTextFile(index, R"({"weight_map":{"t":"s.safetensors"}})");
    base::WriteTextFile(folder / "s.safetensors", POINTER);
    ExpectError<std::runtime_error>([&] { SafetensorsCheckpoint(path).Get("t"); },
                                    {"s.safetensors: a Git LFS pointer"});
}

TEST(InputFile, PlainTextIsTheSameWhereverItWasWritten)
{
    const TemporaryFolder folder;
    const auto path = folder / "text";
    const auto read = [&](const std::string& bytes) {
        base::WriteTextFile(path, bytes);
        return ReadPlainText(path);
    };
    EXPECT_EQ(read("a\n\nb \n"), "a\n\nb \n");
    EXPECT_EQ(read("a\r\n\r\nb \r\n"), "a\n\nb \n");
    EXPECT_EQ(read("\xef\xbb\xbf"
                   "a\r\n"),
              "a\n");
    EXPECT_EQ(read("a\xef\xbb\xbf\rb\r"), "a\xef\xbb\xbf\rb\r") << "no mark, no end of a line";
    EXPECT_EQ(read(""), "");
    for (const char* mark : {"\xff\xfe", "\xfe\xff"})
    {
        ExpectError<std::runtime_error>([&] { read(std::string(mark) + "a"); },
                                        {path, "UTF-16", "UTF-8"});
    }
    base::WriteTextFile(path,
                        "\xef\xbb\xbf"
                        "a\r\n \t\r\nb\n\n c ");
    EXPECT_EQ(ReadSeparatedText(path), "a\n\nb\n\n c \n");
}

// The document goes into copies and into the hash of the model.
TEST(InputFile, ATokenizerIsTheSameDocument)
{
    const TemporaryFolder folder;
    std::string document = TrainTokenizer({"some text, and some more"}, {});
    document.insert(1, "\n");
    base::WriteTextFile(folder / "tokenizer.json", document);
    EXPECT_EQ(Tokenizer::Read(folder.GetPath()).GetDocument(), document);
    base::WriteTextFile(folder / "tokenizer.json",
                        "\xef\xbb\xbf{\r\n" + document.substr(2, document.size() - 3) + "\r\n");
    EXPECT_EQ(Tokenizer::Read(folder.GetPath()).GetDocument(), document);
}

} // namespace
