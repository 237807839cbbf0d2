/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "checkpoint-pair.h"

#include "base/interruption.h"
#include "base/number-text.h"
#include "base/output-file.h"
#include "base/progress-bar.h"
#include "calibrated-model.h"
#include "compression-record.h"
#include "format/companion-files.h"
#include "format/input-file.h"
#include "live-check.h"
#include "measure/interval.h"
#include "measure/machine-rates.h"
#include "measure/transcript.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iomanip>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace ecld
{

namespace
{

namespace fs = std::filesystem;

/// Prompts of equal length that are answered at once; what is lost where a run is killed.
constexpr int64_t ROWS = 16;

/// What readers of pair files take.
constexpr int64_t MOST_QUESTIONS = 100000;
constexpr int64_t MOST_VALUES = 20000000;

/// Bytes of a weight in memory: float32.
constexpr double WEIGHT_BYTES = 4;

/// What was done is written this often.
constexpr std::chrono::seconds STATE_INTERVAL{5};

/// What stands in a source before the keys and values of the record.
const std::string RECORD_MARK = "made with ";

/// A folder as it is on disk.
struct Folder
{
    /// @param path of the folder
    explicit Folder(const std::string& path)
        : path(path),
          config(ReadModelConfig(path)),
          tokenizer(Tokenizer::Read(path)),
          checkpoint(path)
    {
        CheckVocabulary(tokenizer, config.vocabularySize, path);
    }

    /// @return what the model is called: the folder's name
    std::string GetName() const
    {
        const fs::path folder = fs::absolute(path).lexically_normal();
        return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
    }

    /// @return hash of the model
    std::string Hash() const
    {
        return HashModel(config, tokenizer, ReadCompanionFiles(path), checkpoint);
    }

    std::string path;                 ///< where it is
    ModelConfig config;               ///< shape
    Tokenizer tokenizer;              ///< vocabulary
    SafetensorsCheckpoint checkpoint; ///< weights
};

/// One pair on its way.
class Pairing
{
  public:
    explicit Pairing(const PairSettings& settings)
        : m_settings(settings),
          m_draft(settings.draft),
          m_target(settings.target)
    {
        RequireSameVocabulary(m_draft.tokenizer,
                              settings.draft,
                              m_target.tokenizer,
                              settings.target);
        LanguageModel::CheckDevice(settings.processor);
        ReadQuestions();
        RequireReadable();
        if (fs::is_directory(settings.file))
        {
            throw std::runtime_error(settings.file + ": a folder, expected --pair to name a file");
        }
        m_made = {{"draft", "--draft", m_draft.Hash()},
                  {"target", "--target", m_target.Hash()},
                  {"questions", "--questionFile", HashTexts(settings.questions)},
                  {"answerTokens", "--answerTokens", std::to_string(settings.answerTokens)},
                  {"temperature", "--temperature", base::FormatNumber(settings.temperature)}};
    }

    std::string Run()
    {
        std::ostringstream report;
        if (fs::exists(m_settings.file))
        {
            const PairDocument pair = Read(m_settings.file);
            report << m_settings.file << " is there already and was left as it is\n";
            Describe(pair, report);
            CheckLive(pair, report);
            return report.str();
        }
        RequireMemory();
        base::OutputFile file(m_settings.file); // no other run writes it from here on
        const PairDocument pair = Make();
        file.GetStream() << WritePairDocument(pair);
        file.Commit();
        fs::remove(GetStatePath());
        Describe(pair, report);
        CheckLive(pair, report);
        return report.str();
    }

  private:
    /// Both in memory.
    struct Models
    {
        LanguageModel draft;  ///< the small one
        LanguageModel target; ///< the large one
    };

    /// Read the prompts and refuse those that leave no room for an answer.
    void ReadQuestions()
    {
        m_room = std::min(m_draft.config.maxPositions, m_target.config.maxPositions);
        for (const std::string& prompt : ReadPrompts(m_settings.questions))
        {
            m_prompts.push_back(m_target.tokenizer.Encode(prompt, true));
            const auto tokens = static_cast<int64_t>(m_prompts.back().size());
            if (tokens < 1 || tokens >= m_room)
            {
                throw std::runtime_error(m_settings.questions + ": a prompt of " +
                                         std::to_string(tokens) +
                                         " tokens, expected at least one and fewer than the " +
                                         std::to_string(m_room) + " positions of both models");
            }
        }
    }

    /// Refuse what might become a file that no reader takes.
    void RequireReadable() const
    {
        const auto questions = static_cast<int64_t>(m_prompts.size());
        const int64_t lists = m_settings.temperature > 0 ? 3 : 2;
        if (m_settings.liveQuestions > questions)
        {
            throw std::runtime_error("--live=" + std::to_string(m_settings.liveQuestions) +
                                     ": expected at most " + std::to_string(questions) +
                                     ", the questions of " + m_settings.questions);
        }
        if (questions > MOST_QUESTIONS)
        {
            throw std::runtime_error(m_settings.questions + ": " + std::to_string(questions) +
                                     " questions, expected at most " +
                                     std::to_string(MOST_QUESTIONS));
        }
        if (m_settings.answerTokens > MOST_VALUES / (lists * questions))
        {
            throw std::runtime_error("--answerTokens=" + std::to_string(m_settings.answerTokens) +
                                     ": expected at most " +
                                     std::to_string(MOST_VALUES / (lists * questions)) + " for " +
                                     std::to_string(questions) + " questions");
        }
    }

    /// Refuse two models that do not fit into memory.
    void RequireMemory() const
    {
        const auto weights = static_cast<double>(m_draft.config.GetParameterCount() +
                                                 m_target.config.GetParameterCount());
        const double available = GetAvailableBytes();
        if (m_settings.processor == "cpu" && WEIGHT_BYTES * weights > available)
        {
            std::ostringstream text;
            text << std::fixed << std::setprecision(1) << m_settings.target << ": takes with "
                 << m_settings.draft << " " << WEIGHT_BYTES * weights / 1e9 << " GB of memory, "
                 << available / 1e9 << " GB are free";
            throw std::runtime_error(text.str());
        }
    }

    /// @return file of what was done so far
    std::string GetStatePath() const
    {
        return m_settings.file + ".state";
    }

    /// @param path a transcript @return it, made with the same settings
    PairDocument Read(const std::string& path) const
    {
        PairDocument pair = ParsePairDocument(ReadTextFile(path), path);
        CompressionRecord record;
        const std::size_t mark = pair.source.find(RECORD_MARK);
        if (mark != std::string::npos)
        {
            std::istringstream words(pair.source.substr(mark + RECORD_MARK.size()));
            for (std::string key, value; words >> key >> value;)
            {
                record[key] = value;
            }
        }
        RequireSameSettings(path, record, m_made, "--pair");
        return pair;
    }

    /// @return the file without queries
    PairDocument MakeHead() const
    {
        PairDocument pair;
        pair.name = fs::path(m_settings.file).stem().string();
        pair.draft.name = m_draft.GetName();
        pair.target.name = m_target.GetName();
        pair.vocabularySize = m_target.tokenizer.GetVocabularySize();
        pair.temperature = m_settings.temperature;
        pair.source = "llm-mec compress --pair, " + RECORD_MARK;
        for (const RecordedSetting& setting : m_made)
        {
            pair.source +=
                (&setting == &m_made.front() ? "" : " ") + setting.key + " " + setting.value;
        }
        return pair;
    }

    /// @return the whole transcript
    PairDocument Make()
    {
        PairDocument done = MakeHead(); // queries in the order of the groups
        if (fs::exists(GetStatePath()))
        {
            done.queries = Read(GetStatePath()).queries;
        }
        const auto groups = GroupByLength(m_prompts, ROWS);
        base::ProgressBar bar("pair", static_cast<int64_t>(m_prompts.size()), m_settings.progress);
        auto lastSaved = std::chrono::steady_clock::now();
        std::size_t before = 0;
        try
        {
            for (const std::vector<std::size_t>& group : groups)
            {
                before += group.size();
                if (before > done.queries.size())
                {
                    const auto asked = Ask(group, done.vocabularySize);
                    done.queries.insert(done.queries.end(), asked.begin(), asked.end());
                }
                bar.Show(static_cast<int64_t>(before));
                if (std::chrono::steady_clock::now() - lastSaved > STATE_INTERVAL)
                {
                    base::WriteTextFile(GetStatePath(), WritePairDocument(done));
                    lastSaved = std::chrono::steady_clock::now();
                }
            }
        }
        catch (const base::Interruption&)
        {
            base::WriteTextFile(GetStatePath(), WritePairDocument(done));
            throw;
        }
        PairDocument pair = MakeHead();
        pair.queries.resize(m_prompts.size());
        std::size_t next = 0;
        for (const std::vector<std::size_t>& group : groups)
        {
            for (const std::size_t index : group)
            {
                pair.queries[index] = done.queries.at(next++);
            }
        }
        return pair;
    }

    /// @return both models, in memory from now on
    const Models& GetModels()
    {
        if (!m_models)
        {
            m_models.emplace(Models{
                LanguageModel::Load(m_draft.path, m_settings.processor, m_settings.threads),
                LanguageModel::Load(m_target.path, m_settings.processor, m_settings.threads)});
        }
        return *m_models;
    }

    /// Decode some of the questions live, if any.
    /// @param pair the transcript @param report is told how many rounds agree
    void CheckLive(const PairDocument& pair, std::ostream& report)
    {
        if (m_settings.liveQuestions == 0)
        {
            return;
        }
        RequireMemory();
        const Models& models = GetModels();
        LiveSettings settings;
        settings.questions = m_settings.liveQuestions;
        settings.answerTokens = m_settings.answerTokens;
        settings.file = m_settings.file + ".live.csv";
        settings.progress = m_settings.progress;
        settings.watch = &StopIfInterrupted;
        report << CheckLiveRounds(models.draft, models.target, m_prompts, pair, settings);
    }

    /// Ask both models.
    /// @param group prompts of equal length @param vocabularySize tokens that there are
    /// @return what they say
    std::vector<PairQuery> Ask(const std::vector<std::size_t>& group, int64_t vocabularySize)
    {
        const Models& models = GetModels();
        Prompts prompts;
        for (const std::size_t index : group)
        {
            prompts.push_back(m_prompts[index]);
        }
        const int64_t room = m_room - static_cast<int64_t>(prompts.front().size());
        const Prompts answers = ContinueGreedily(models.target,
                                                 prompts,
                                                 vocabularySize,
                                                 std::min(m_settings.answerTokens, room),
                                                 &StopIfInterrupted);
        std::vector<PairQuery> queries;
        for (std::size_t i = 0; i < prompts.size(); ++i)
        {
            StopIfInterrupted();
            queries.push_back(
                m_settings.temperature > 0
                    ? TranscribeSampling(models.draft,
                                         models.target,
                                         prompts[i],
                                         answers[i],
                                         vocabularySize,
                                         m_settings.temperature)
                    : Transcribe(models.draft, prompts[i], answers[i], vocabularySize));
        }
        return queries;
    }

    static void StopIfInterrupted()
    {
        if (base::InterruptionGuard::IsInterrupted())
        {
            throw base::Interruption("interrupted; the same command goes on from here");
        }
    }

    /// @param pair the transcript @param report is told what it says
    void Describe(const PairDocument& pair, std::ostream& report) const
    {
        std::vector<double> greedy;
        std::vector<double> sampled;
        std::vector<int64_t> queries;
        for (std::size_t i = 0; i < pair.queries.size(); ++i)
        {
            const std::vector<double> accepted = GetAccepted(pair.queries[i]);
            const std::vector<double>& chances = pair.queries[i].acceptance;
            greedy.insert(greedy.end(), accepted.begin(), accepted.end());
            sampled.insert(sampled.end(), chances.begin(), chances.end());
            queries.insert(queries.end(), accepted.size(), static_cast<int64_t>(i));
        }
        const auto show = [&](const std::vector<double>& shares) {
            const Interval interval = BootstrapGroupedMean(shares, queries);
            report << 100 * interval.mean << " % [" << 100 * interval.low << ", "
                   << 100 * interval.high << "]";
        };
        report << std::fixed << std::setprecision(1) << m_settings.file << ": "
               << pair.queries.size() << " questions, " << greedy.size() << " tokens of "
               << pair.target.name << ", of which " << pair.draft.name << " says ";
        show(greedy);
        report << " too\n";
        if (!sampled.empty())
        {
            report << "at temperature " << base::FormatNumber(pair.temperature)
                   << " a token that it samples is "
                   << "accepted with ";
            show(sampled);
            report << "\n";
        }
    }

    PairSettings m_settings;             //!< what to do
    Folder m_draft;                      //!< the small model on disk
    Folder m_target;                     //!< the large model on disk
    Prompts m_prompts;                   //!< what is asked
    int64_t m_room{0};                   //!< positions that both models have
    std::vector<RecordedSetting> m_made; //!< what the file depends on
    std::optional<Models> m_models;      //!< once something is to be asked
};

} // namespace

std::string
MakePair(const PairSettings& settings)
{
    const base::InterruptionGuard guard;
    return Pairing(settings).Run();
}

} // namespace ecld
