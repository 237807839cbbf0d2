/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "teacher.h"

#include "base/hash.h"
#include "base/output-file.h"
#include "format/input-file.h"
#include "format/tokenizer-trainer.h"

#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace ecld
{

namespace
{

namespace fs = std::filesystem;

const char* beginToken = "<|begin_of_text|>";
const char* endToken = "<|end_of_text|>";

/// Everything that the result depends on, one value a line
std::string
Describe(const TeacherSettings& settings, const Corpus& corpus)
{
    uint64_t textHash = base::hashBasis;
    for (const std::string& text : corpus.GetTrainingTexts())
    {
        textHash = base::HashBytes(text.c_str(), text.size() + 1, textHash);
    }
    const ModelConfig& config = settings.config;
    const TrainingSettings& training = settings.training;
    std::ostringstream out;
    out.precision(17);
    out << "corpus " << corpus.Describe() << "\ntexts " << textHash << "\nvocabulary "
        << settings.vocabularySize << "\narchitecture " << GetName(config.architecture)
        << "\nhidden " << config.hiddenSize << "\nintermediate " << config.intermediateSize
        << "\nlayers " << config.layers << "\nheads " << config.heads << "\nkeyValueHeads "
        << config.keyValueHeads << "\nheadDim " << config.headDim << "\ntied "
        << config.tiedEmbeddings << "\nropeTheta " << config.ropeTheta << "\nsteps "
        << training.steps << "\nrows " << training.rows << "\nlength " << training.length
        << "\nlearningRate " << training.peakLearningRate << " " << training.finalRatio << " "
        << training.warmupSteps << "\nweightDecay " << training.weightDecay << "\nseed "
        << training.seed << "\nprecision " << int(training.precision) << "\n";
    return out.str();
}

/// Fail where a folder holds the work of other settings, else note ours
void
ClaimFolder(const fs::path& folder, const std::string& description)
{
    const fs::path path = folder / "teacher-settings.txt";
    if (!fs::exists(path))
    {
        base::WriteTextFile(path.string(), description);
    }
    else if (ReadTextFile(path.string()) != description)
    {
        throw std::runtime_error(path.string() + ": the folder holds a teacher of other settings " +
                                 "or packages; remove it, or name another folder");
    }
}

Tokenizer
MakeTokenizer(const fs::path& path, const Corpus& corpus, int64_t vocabularySize)
{
    if (!fs::exists(path))
    {
        TokenizerTrainerSettings settings;
        settings.vocabularySize = vocabularySize;
        settings.specialTokens = {beginToken, endToken};
        settings.beginToken = beginToken;
        base::WriteTextFile(path.string(), TrainTokenizer(corpus.GetTrainingTexts(), settings));
    }
    return Tokenizer::Read(path.string());
}

int32_t
GetId(const Tokenizer& tokenizer, const char* token)
{
    const std::optional<int32_t> id = tokenizer.FindId(token);
    if (!id)
    {
        throw std::runtime_error(std::string("tokenizer.json: no token ") + token);
    }
    return *id;
}

} // namespace

Teacher
TrainTeacher(const TeacherSettings& settings, const std::string& folder)
{
    Corpus corpus = BuildCorpus(settings.corpus);
    const fs::path root(folder);
    ClaimFolder(root, Describe(settings, corpus));
    Tokenizer tokenizer = MakeTokenizer(root / "tokenizer.json", corpus, settings.vocabularySize);
    const int32_t endId = GetId(tokenizer, endToken);
    TokenCorpus tokens = Tokenize(corpus.GetTrainingTexts(), tokenizer, endId);

    TrainingReport report;
    if (!fs::exists(root / "config.json")) // written last
    {
        ModelConfig config = settings.config;
        config.vocabularySize = tokenizer.GetVocabularySize();
        config.bosIds = {GetId(tokenizer, beginToken)};
        config.eosIds = {endId};
        TrainingSettings training = settings.training;
        training.stateFile = (root / "training-state").string();
        LanguageModel model = LanguageModel::Create(config, training.seed, settings.device);
        report = Train(model, tokens, training);
        model.Save(folder, DataType::F32);
        fs::remove(training.stateFile);
    }
    return {std::move(corpus),
            std::move(tokenizer),
            std::move(tokens),
            LanguageModel::Load(folder, settings.device),
            report};
}

} // namespace ecld
