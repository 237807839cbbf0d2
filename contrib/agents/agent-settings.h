/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_AGENT_SETTINGS_H
#define AGENTS_AGENT_SETTINGS_H

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief What all algorithms share. "slot" is one step in one environment.
 */
struct LearnerSettings
{
    std::vector<int64_t> hidden{256, 256}; ///< units of the hidden layers of actor and critic
    std::string activation{"relu"};        ///< between them: relu, silu, tanh
    double learningRate{3e-4};             ///< of Adam, actor and critic
    int64_t actorHalvingSteps{0};          ///< gradient steps that halve the actor's rate; 0: none
    double maxGradientNorm{0.5};           ///< a longer gradient is shortened to this
    double gamma{0.99};                    ///< discount of the next slot, [0, 1)
    bool normaliseObservations{false};     ///< by running mean and deviation
    bool normaliseRewards{true};           ///< by running mean and deviation
    bool episodeEndIsTerminal{false};      ///< else an end is a cut: the value goes on behind it
    int64_t replaySlots{1000000};          ///< slots that are remembered, the oldest go first

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        visit("hidden", hidden, 1, 4096);
        visit("activation", activation, {"relu", "silu", "tanh"});
        visit("learningRate", learningRate, 0.0, 1.0);
        visit("actorHalvingSteps", actorHalvingSteps, 0, 1000000000);
        visit("maxGradientNorm", maxGradientNorm, 1e-9, 1e9);
        visit("gamma", gamma, 0.0, 0.99999);
        visit("normaliseObservations", normaliseObservations);
        visit("normaliseRewards", normaliseRewards);
        visit("episodeEndIsTerminal", episodeEndIsTerminal);
        visit("replaySlots", replaySlots, 100, 100000000);
    }
};

/**
 * @ingroup agents
 * @brief Settings of PPO.
 */
struct PpoSettings : LearnerSettings
{
    int64_t rolloutSlots{0};        ///< learn after as many slots a stream; 0: at episode ends
    double criticLearningRate{0.0}; ///< of Adam, critic; 0: as the actor's
    int64_t epochs{10};             ///< passes over a rollout
    int64_t minibatch{50};          ///< slots of a gradient step; the last of an epoch has the rest
    double clip{0.1};               ///< epsilon of (32)
    double lambda{0.95};            ///< of generalised advantage estimation; 0: one-step (37)
    double entropyWeight{0.0};      ///< beta_ent of (42)
    double initialLogDeviation{-0.5}; ///< log of the action's deviation before squashing
    bool normaliseAdvantages{true};   ///< in each minibatch
    double maxDivergence{0.0};        ///< epochs end at this KL from the old policy; 0: never

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        LearnerSettings::Visit(visit);
        visit("rolloutSlots", rolloutSlots, 0, 1000000);
        visit("criticLearningRate", criticLearningRate, 0.0, 1.0);
        visit("epochs", epochs, 1, 1000);
        visit("minibatch", minibatch, 1, 100000);
        visit("clip", clip, 1e-6, 10.0);
        visit("lambda", lambda, 0.0, 1.0);
        visit("entropyWeight", entropyWeight, 0.0, 10.0);
        visit("initialLogDeviation", initialLogDeviation, -5.0, 2.0);
        visit("normaliseAdvantages", normaliseAdvantages);
        visit("maxDivergence", maxDivergence, 0.0, 100.0);
    }
};

/**
 * @ingroup agents
 * @brief Settings of World-Model-PPO, beyond those of PPO.
 *
 * The model is the paper's RSSM (rssm) or ours, whose heads are factored into what actions can
 * change and what they cannot (factored). Settings that only one of them has say so.
 */
struct WorldModelPpoSettings : PpoSettings
{
    std::string model{"factored"};     ///< rssm or factored
    double actionScale{2};             ///< the model sees this times (a - 1/2)
    double modelLearningRate{1e-3};    ///< of Adam, world model
    int64_t modelUnits{256};           ///< of its hidden layers
    int64_t memoryUnits{32};           ///< of its GRU
    int64_t latentUnits{32};           ///< of z_t; rssm
    int64_t modelUpdates{64};          ///< gradient steps of the model in an iteration
    int64_t modelSequences{32};        ///< sequences in a batch of the model
    int64_t modelSequenceSlots{8};     ///< slots of each
    double rewardWeight{1.0};          ///< lambda_r of (35)
    double divergenceWeight{1.0};      ///< beta of (35); rssm
    double jointWeight{0.5};           ///< lambda_wm of (44); rssm
    int64_t horizon{3};                ///< H, slots imagined
    double imaginationWeight{0.3};     ///< eta of (41)
    int64_t imaginationBatch{256};     ///< states that imagination starts from, a gradient step
    int64_t imaginationUpdates{0};     ///< gradient steps in imagination alone, an iteration
    double imaginationDivergence{1.0}; ///< those steps end at this KL from the policy that acted
    std::string imaginationGradient{"pathwise"}; ///< pathwise, or score (41)
    double imaginationEntropyWeight{0.0};        ///< weight of the entropy of imagined actions
    int64_t squashHalvingSteps{0}; ///< gradient steps that halve squashing's part in it; 0: none
    std::string targetMix{"variance"}; ///< of (36): constant (lambda_wm), or by inverse variance
    double mixWeight{0.5};             ///< lambda_wm of (36), where constant
    std::string gate{"ensemble"};      ///< how imagined slots count: by the skill and where the
                                       ///< heads agree (ensemble), by the skill and only from
                                       ///< states of low uncertainty (quantile), fully (none)
    double gateShare{0.5};             ///< share of states that are kept; quantile
    int64_t ensemble{3};               ///< reward heads; factored
    double startSkill{0.8}; ///< sure skill in telling actions apart, on new slots, from which on
                            ///< the model is used
    bool permuteActions{false}; ///< control: the model learns from actions of other steps

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        PpoSettings::Visit(visit);
        visit("model", model, {"factored", "rssm"});
        visit("actionScale", actionScale, 1e-3, 1e3);
        visit("modelLearningRate", modelLearningRate, 0.0, 1.0);
        visit("modelUnits", modelUnits, 1, 4096);
        visit("memoryUnits", memoryUnits, 1, 4096);
        visit("latentUnits", latentUnits, 1, 4096);
        visit("modelUpdates", modelUpdates, 0, 100000);
        visit("modelSequences", modelSequences, 1, 10000);
        visit("modelSequenceSlots", modelSequenceSlots, 1, 1000);
        visit("rewardWeight", rewardWeight, 0.0, 1e6);
        visit("divergenceWeight", divergenceWeight, 0.0, 1e6);
        visit("jointWeight", jointWeight, 0.0, 1e6);
        visit("horizon", horizon, 1, 100);
        visit("imaginationWeight", imaginationWeight, 0.0, 1e6);
        visit("imaginationBatch", imaginationBatch, 1, 100000);
        visit("imaginationUpdates", imaginationUpdates, 0, 100000);
        visit("imaginationDivergence", imaginationDivergence, 0.0, 1000.0);
        visit("imaginationGradient", imaginationGradient, {"pathwise", "score"});
        visit("imaginationEntropyWeight", imaginationEntropyWeight, 0.0, 10.0);
        visit("squashHalvingSteps", squashHalvingSteps, 0, 1000000000);
        visit("targetMix", targetMix, {"constant", "variance"});
        visit("mixWeight", mixWeight, 0.0, 1.0);
        visit("gate", gate, {"ensemble", "quantile", "none"});
        visit("gateShare", gateShare, 0.01, 1.0);
        visit("ensemble", ensemble, 1, 32);
        visit("startSkill", startSkill, -1e9, 1.0);
        visit("permuteActions", permuteActions);
    }
};

/**
 * @ingroup agents
 * @brief What TD3, DDPG and SAC share.
 */
struct ReplaySettings : LearnerSettings
{
    double actionScale{2};        ///< critics see this times (a - 1/2)
    int64_t batch{100};           ///< slots of a gradient step
    int64_t startSlots{100};      ///< slots of uniformly random actions at first
    int64_t updateEverySlots{25}; ///< gradient steps are taken in blocks after as many slots
    double updatesPerSlot{1.0};   ///< gradient steps a slot
    double targetRate{0.005};     ///< rate at which target networks follow, (0, 1]

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        LearnerSettings::Visit(visit);
        visit("actionScale", actionScale, 1e-3, 1e3);
        visit("batch", batch, 1, 100000);
        visit("startSlots", startSlots, 0, 100000000);
        visit("updateEverySlots", updateEverySlots, 1, 1000000);
        visit("updatesPerSlot", updatesPerSlot, 0.0, 1000.0);
        visit("targetRate", targetRate, 1e-6, 1.0);
    }
};

/**
 * @ingroup agents
 * @brief Settings of TD3, and of DDPG, which has one critic, no delay and no smoothing.
 */
struct Td3Settings : ReplaySettings
{
    double explorationDeviation{0.05}; ///< of the noise on an action in [0, 1]
    double smoothingDeviation{0.1};    ///< of the noise on the target's action; TD3
    double smoothingLimit{0.25};       ///< largest size of that noise; TD3
    int64_t policyDelay{2};            ///< steps of the critics for one of the actor; TD3

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        ReplaySettings::Visit(visit);
        visit("explorationDeviation", explorationDeviation, 0.0, 1.0);
        visit("smoothingDeviation", smoothingDeviation, 0.0, 1.0);
        visit("smoothingLimit", smoothingLimit, 0.0, 1.0);
        visit("policyDelay", policyDelay, 1, 1000);
    }
};

/**
 * @ingroup agents
 * @brief Settings of SAC.
 */
struct SacSettings : ReplaySettings
{
    double initialTemperature{0.2};   ///< weight of the entropy at first
    double entropyPerAction{-1.0};    ///< target entropy of each entry of an action in [-1, 1]
    double initialLogDeviation{-0.5}; ///< log of the action's deviation before squashing

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        ReplaySettings::Visit(visit);
        visit("initialTemperature", initialTemperature, 1e-9, 1e3);
        visit("entropyPerAction", entropyPerAction, -100.0, 1.0);
        visit("initialLogDeviation", initialLogDeviation, -5.0, 2.0);
    }
};

/**
 * Fill settings from JSON.
 * @param[in,out] settings what is not named keeps its value
 * @param json an object
 * @throw std::invalid_argument in one line that names the setting, its value and what was expected
 */
template <typename Settings>
void ReadSettings(Settings& settings, const nlohmann::json& json);

/// @param settings some settings @return all of them as an object
template <typename Settings>
nlohmann::json WriteSettings(Settings settings);

} // namespace agents

#endif // AGENTS_AGENT_SETTINGS_H
