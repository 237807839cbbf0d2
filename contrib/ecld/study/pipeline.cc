/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "pipeline.h"

#include "base/folder-lock.h"
#include "base/interruption.h"
#include "base/output-file.h"
#include "base/progress-bar.h"
#include "compress/gguf-expansion.h"
#include "compress/importance.h"
#include "compress/input-products.h"
#include "compress/pruned-model.h"
#include "compress/simulated-quantization.h"
#include "compress/streaming.h"
#include "format/input-file.h"
#include "measure/transcript.h"
#include "pair-questions.h"
#include "result-table.h"
#include "teach/teacher.h"
#include "train/distillation.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace ecld
{

namespace
{

namespace fs = std::filesystem;

/// Pruned weights learn at this share of the teacher's learning rate.
constexpr double STUDENT_LEARNING_RATE = 0.5;

/// Widths of small models: what Q4_1 needs.
constexpr int64_t WIDTH_MULTIPLE = 32;

/// Tokens of the teacher's answers in pairs; they end long before.
constexpr int64_t PAIR_ANSWER_TOKENS = 64;

/// The study while it runs.
class Study
{
  public:
    explicit Study(const StudySettings& settings)
        : m_settings(settings),
          m_root(settings.output),
          m_teacherSettings(GetTeacherSettings(settings.size, settings.architecture)),
          m_teacher(Prepare())
    {
        m_evaluation.questions = settings.questions > 0     ? settings.questions
                                 : settings.size == "table" ? 1000
                                                            : 300;
        m_evaluation.articles = std::min(m_evaluation.articles, m_evaluation.questions);
        m_evaluation.selfCheckTexts = std::min(m_evaluation.selfCheckTexts, m_evaluation.questions);
        m_evaluation.seed = m_settings.seed;
        m_pairQuestions =
            ChoosePairQuestions(m_teacher.corpus, m_evaluation.questions, m_settings.pairQuestions);
    }

    std::vector<StudyRow> Run()
    {
        for (const StudentPlan& plan : GetStudents(m_settings.hasAblation))
        {
            MakeStudent(plan);
        }
        std::vector<StudyRow> rows;
        for (const Variant& variant : GetVariants(m_settings.hasAblation))
        {
            rows.push_back(MakeRow(variant));
        }
        for (const StudyRow& row : rows)
        {
            WriteProfile(row);
        }
        base::WriteTextFile((m_root / "table.txt").string(), FormatTable(rows));
        base::WriteTextFile((m_root / "table.csv").string(), FormatCsv(rows));
        base::WriteTextFile((m_root / "pairs.txt").string(), FormatPairTable(rows));
        base::WriteTextFile((m_root / "pair-questions.jsonl").string(),
                            WriteQuestions(m_pairQuestions));
        return rows;
    }

  private:
    /// Claim the folder and train the teacher.
    Teacher Prepare()
    {
        RequirePairQuestions(m_settings); // before a teacher is trained
        std::ostringstream description;
        description << "size " << m_settings.size << "\narchitecture "
                    << GetName(m_settings.architecture) << "\nsizeShare " << m_settings.sizeShare
                    << "\nsteps " << m_settings.steps << "\nquestions " << m_settings.questions
                    << "\nseed " << m_settings.seed << "\n";
        if (m_settings.pairQuestions > 0)
        {
            description << "pairQuestions " << m_settings.pairQuestions << "\n";
        }
        for (const StudentPlan& plan : GetStudents(false))
        {
            description << plan.name << " alpha " << plan.alpha << " tau " << plan.temperature
                        << " refitted " << plan.isRefitted << " steps " << plan.stepShare << "\n";
        }
        const fs::path path = m_root / "study.txt";
        if (!fs::exists(path))
        {
            base::WriteTextFile(path.string(), description.str());
        }
        else if (ReadTextFile(path.string()) != description.str())
        {
            throw std::runtime_error(path.string() + ": the folder holds a study of other "
                                                     "settings; remove it, or name another folder");
        }
        if (m_settings.steps > 0)
        {
            m_teacherSettings.training.steps = m_settings.steps;
        }
        m_teacherSettings.corpus.seed = m_settings.seed;
        m_teacherSettings.training.seed = m_settings.seed;
        m_teacherSettings.device = m_settings.processor;
        m_teacherSettings.training.progress = m_settings.progress;
        m_teacherSettings.training.label = "teacher";
        return TrainTeacher(m_teacherSettings, (m_root / "teacher").string());
    }

    fs::path GetModelFolder(const std::string& model) const
    {
        return model == "teacher" ? m_root / "teacher" : m_root / "models" / model;
    }

    static void StopIfInterrupted()
    {
        if (base::InterruptionGuard::IsInterrupted())
        {
            throw base::Interruption("interrupted; the same command goes on from here");
        }
    }

    /// @param random by random scores @return the plan that meets the size in 4 bits
    const PruningPlan& GetPlan(bool random)
    {
        auto& plan = random ? m_randomPlan : m_plan;
        if (!plan)
        {
            const ModelConfig& config = m_teacher.model.GetConfig();
            CalibrationSettings calibration;
            calibration.samples = 128;
            calibration.seed = m_settings.seed;
            const ImportanceScores scores =
                Calibrate(m_teacher.model, m_teacher.tokens, calibration);
            const auto budget = static_cast<int64_t>(
                2 * m_settings.sizeShare * static_cast<double>(config.GetParameterCount()));
            PruningLimits limits;
            limits.widthMultiple = WIDTH_MULTIPLE;
            const PrunedShape shape = ChooseShapeByBudget(
                config,
                scores,
                budget,
                [](const ModelConfig& pruned) {
                    return GetDeployedBytes(pruned, {GgufType::Q4_K, std::nullopt});
                },
                limits);
            // The control has the same shape, and other components stay.
            plan =
                PlanPruning(config, random ? DrawScores(config, m_settings.seed) : scores, shape);
        }
        return *plan;
    }

    void MakeStudent(const StudentPlan& plan)
    {
        const fs::path folder = GetModelFolder(plan.name);
        if (fs::exists(folder / "config.json")) // written last
        {
            return;
        }
        StopIfInterrupted();
        const PruningPlan& pruning = GetPlan(plan.prunesAtRandom);
        RefitSettings refit;
        refit.calibration.seed = m_settings.seed;
        // Fresh weights of a student are other draws than the teacher's.
        const uint64_t freshSeed = m_settings.seed + 1;
        LanguageModel student =
            !plan.startsFromTeacher
                ? LanguageModel::Create(pruning.config, freshSeed, m_settings.processor)
            : plan.isRefitted ? PruneAndRefit(m_teacher.model, pruning, m_teacher.tokens, refit)
                              : Prune(m_teacher.model, pruning);
        const std::string state = (m_root / "models" / (plan.name + ".state")).string();
        fs::create_directories(m_root / "models");
        if (plan.isTrained)
        {
            DistillationSettings settings;
            settings.training = m_teacherSettings.training;
            settings.training.steps =
                static_cast<int64_t>(plan.stepShare * static_cast<double>(settings.training.steps));
            // Fresh weights take the teacher's rate, pruned ones a lower one.
            settings.training.peakLearningRate *=
                plan.startsFromTeacher ? STUDENT_LEARNING_RATE : 1;
            settings.training.stateFile = state;
            settings.training.label = plan.name;
            settings.training.progress = m_settings.progress;
            settings.alpha = plan.alpha;
            settings.temperature = plan.temperature;
            settings.scalesByTemperatureSquared = plan.scalesByTemperatureSquared;
            if (plan.alpha > 0)
            {
                Distill(student, m_teacher.model, m_teacher.tokens, settings);
            }
            else
            {
                Train(student, m_teacher.tokens, settings.training);
            }
        }
        // With the tokenizer the folder is a checkpoint that --pair and --model take.
        fs::create_directories(folder);
        fs::copy_file(m_root / "teacher" / "tokenizer.json",
                      folder / "tokenizer.json",
                      fs::copy_options::overwrite_existing);
        student.Save(folder.string(), DataType::F32);
        fs::remove(state);
    }

    fs::path GetGgufPath(const Variant& variant) const
    {
        return m_root / "gguf" / (variant.name + ".gguf");
    }

    /// @param folder of a model @return what its matrices read on the training texts
    InputMetrics MeasureModelInputs(const std::string& folder) const
    {
        ProductSettings settings;
        settings.seed = m_settings.seed;
        return MeasureInputs(LanguageModel::Load(folder), m_teacher.tokens, settings);
    }

    void ExportGguf(const Variant& variant)
    {
        const fs::path path = GetGgufPath(variant);
        if (variant.simulatedBits > 0 || fs::exists(path))
        {
            return;
        }
        const std::string folder = GetModelFolder(variant.model).string();
        const SafetensorsCheckpoint checkpoint(folder);
        TensorRows rows(checkpoint, ReadModelConfig(folder));
        StreamSettings settings;
        settings.types.matrices = variant.type;
        settings.method = variant.quantization;
        settings.name = variant.name;
        if (variant.type != GgufType::F16 && variant.quantization == QuantizationMethod::REFINED)
        {
            settings.metrics = MeasureModelInputs(folder);
        }
        fs::create_directories(path.parent_path());
        StreamGguf(rows, m_teacher.tokenizer, settings, path.string());
    }

    /// @param variant a row @return bytes of its tensors
    uint64_t GetWeightBytes(const Variant& variant) const
    {
        const ModelConfig config = ReadModelConfig(GetModelFolder(variant.model).string());
        return static_cast<uint64_t>(variant.simulatedBits > 0
                                         ? GetSimulatedBytes(config, variant.simulatedBits)
                                         : GetDeployedBytes(config, {variant.type, std::nullopt}));
    }

    QualityReport MeasureQuality(const Variant& variant)
    {
        const fs::path path = m_root / "quality" / (variant.name + ".json");
        if (fs::exists(path))
        {
            return ParseQualityReport(ReadTextFile(path.string()), path.string());
        }
        if (!m_reference)
        {
            m_reference = AnswerAsReference(m_teacher.model,
                                            m_teacher.tokenizer,
                                            m_teacher.corpus,
                                            m_evaluation);
        }
        const QualityReport report = Evaluate(GetDeployed(variant),
                                              m_teacher.model,
                                              *m_reference,
                                              m_teacher.tokenizer,
                                              m_teacher.corpus,
                                              m_teacher.tokens,
                                              m_evaluation);
        base::WriteTextFile(path.string(), WriteQualityReport(report));
        return report;
    }

    /// @param variant a row @return its model with the weights that it has once deployed; the last
    /// one stays in memory
    const LanguageModel& GetDeployed(const Variant& variant)
    {
        if (m_deployed && m_deployedName == variant.name)
        {
            return *m_deployed;
        }
        const std::string source = GetModelFolder(variant.model).string();
        const ModelConfig config = ReadModelConfig(source);
        const fs::path expanded = m_root / "expanded";
        fs::remove_all(expanded);
        if (variant.simulatedBits > 0)
        {
            const SafetensorsCheckpoint checkpoint(source);
            TensorRows rows(checkpoint, config);
            SimulateQuantization(rows,
                                 variant.simulatedBits,
                                 MeasureModelInputs(source),
                                 expanded.string());
        }
        else
        {
            ExpandGguf(GetGgufPath(variant).string(), config, expanded.string());
        }
        m_deployed = LanguageModel::Load(expanded.string());
        m_deployedName = variant.name;
        fs::remove_all(expanded);
        return *m_deployed;
    }

    /// @return file of a row's pair with the original
    fs::path GetPairPath(const Variant& variant) const
    {
        return m_root / "pairs" / (GetProfileName(variant) + ".json");
    }

    /// @param variant a row @return what it says as a draft of the original; empty for that itself
    std::vector<PairQuery> MakeTranscript(const Variant& variant)
    {
        const fs::path path = GetPairPath(variant);
        if (fs::exists(path))
        {
            return ParsePairDocument(ReadTextFile(path.string()), path.string()).queries;
        }
        if (variant.method == "original")
        {
            return {};
        }
        const int64_t vocabularySize = m_teacher.tokenizer.GetVocabularySize();
        if (m_prompts.empty())
        {
            for (const Question& question : m_pairQuestions)
            {
                m_prompts.push_back(m_teacher.tokenizer.Encode(question.prompt, true));
            }
            m_answers = AnswerGreedily(m_teacher.model,
                                       m_prompts,
                                       vocabularySize,
                                       PAIR_ANSWER_TOKENS,
                                       &StopIfInterrupted);
        }
        std::vector<PairQuery> transcript;
        for (std::size_t i = 0; i < m_prompts.size(); ++i)
        {
            StopIfInterrupted();
            transcript.push_back(
                Transcribe(GetDeployed(variant), m_prompts[i], m_answers[i], vocabularySize));
        }
        return transcript;
    }

    /// @param row of the table, whose pair with the original is written unless it is there
    void WritePair(const StudyRow& row) const
    {
        const fs::path path = GetPairPath(row.variant);
        if (!row.transcript.empty() && !fs::exists(path))
        {
            const int64_t vocabularySize = m_teacher.tokenizer.GetVocabularySize();
            base::WriteTextFile(
                path.string(),
                WritePairDocument(MakeStudyPair(row, m_settings.size, vocabularySize)));
        }
    }

    RuntimeSpeed MeasureSpeed(const Variant& variant)
    {
        const fs::path path = m_root / "speed" / (variant.name + ".json");
        if (fs::exists(path))
        {
            return ParseRuntimeSpeed(ReadTextFile(path.string()), path.string());
        }
        SpeedSettings settings;
        settings.clientFolder = m_settings.clientFolder;
        if (variant.simulatedBits > 0 || !FindClientProblem(settings).empty())
        {
            return {};
        }
        const RuntimeSpeed speed =
            MeasureLlamaSpeed(GetGgufPath(variant).string(), settings, EnergyMeter());
        base::WriteTextFile(path.string(), WriteRuntimeSpeed(speed));
        return speed;
    }

    StudyRow MakeRow(const Variant& variant)
    {
        StopIfInterrupted();
        base::ProgressBar bar(variant.label, 4, m_settings.progress);
        bar.Show(0, "export");
        ExportGguf(variant);
        bar.Show(1, "questions");
        StudyRow row{variant, GetWeightBytes(variant), MeasureQuality(variant), {}, {}, {}};
        bar.Show(2, "pair");
        row.transcript = MakeTranscript(variant);
        row.transcriptFacts = NumberFacts(m_pairQuestions);
        WritePair(row);
        bar.Show(3, "speed");
        row.speed = MeasureSpeed(variant);
        bar.Show(4);
        return row;
    }

    void WriteProfile(const StudyRow& row) const
    {
        const ProfileDocument profile = MakeStudyProfile(row, m_settings.size);
        base::WriteTextFile((m_root / "profiles" / (profile.name + ".json")).string(),
                            WriteProfileDocument(profile));
    }

    StudySettings m_settings;                    //!< what to do
    fs::path m_root;                             //!< folder of all files
    TeacherSettings m_teacherSettings;           //!< of the teacher
    Teacher m_teacher;                           //!< model and corpus
    EvaluationSettings m_evaluation;             //!< how much is asked
    std::optional<PruningPlan> m_plan;           //!< by importance
    std::optional<PruningPlan> m_randomPlan;     //!< the control
    std::optional<ReferenceAnswers> m_reference; //!< what the teacher says
    std::vector<Question> m_pairQuestions;       //!< what pairs are asked
    Prompts m_prompts;                           //!< the same as tokens, once a pair is asked
    Prompts m_answers;                           //!< what the teacher says to these
    std::optional<LanguageModel> m_deployed;     //!< of the last row that was asked
    std::string m_deployedName;                  //!< of that row
};

} // namespace

void
RequirePairQuestions(const StudySettings& settings)
{
    if (settings.pairQuestions > 0)
    {
        CorpusSettings corpus = GetTeacherSettings(settings.size, settings.architecture).corpus;
        corpus.seed = settings.seed;
        ChoosePairQuestions(BuildCorpus(corpus), settings.pairQuestions, settings.pairQuestions);
    }
}

std::vector<StudyRow>
RunStudy(const StudySettings& settings)
{
    const base::FolderLock lock(settings.output);
    const base::InterruptionGuard guard;
    return Study(settings).Run();
}

} // namespace ecld
