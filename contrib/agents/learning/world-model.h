/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_WORLD_MODEL_H
#define AGENTS_WORLD_MODEL_H

#include "../agent.h"

#include <ATen/ATen.h>
#include <map>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief Where a world model is: what is seen now, and what it remembers.
 */
struct ModelState
{
    at::Tensor observation;         ///< normalised, B x features
    std::vector<at::Tensor> memory; ///< the model's own, B rows each

    /// @param rows indices @return these rows
    ModelState Select(const at::Tensor& rows) const
    {
        ModelState selected{observation.index_select(0, rows), {}};
        for (const at::Tensor& each : memory)
        {
            selected.memory.push_back(each.index_select(0, rows));
        }
        return selected;
    }
};

/**
 * @ingroup agents
 * @brief What a world model thinks of an action.
 */
struct ModelStep
{
    at::Tensor rewards;     ///< normalised, by each head, heads x B
    ModelState next;        ///< where it leads, one draw
    at::Tensor uncertainty; ///< of the model itself, B, >= 0; its scale is the model's own
};

/**
 * @ingroup agents
 * @brief Sequences of experience, each of L steps and what was seen after the last.
 *
 * The last step of an episode is in none of them: what came after it was not seen.
 */
struct Sequences
{
    at::Tensor observations; ///< normalised, L + 1 x B x features
    at::Tensor actions;      ///< as networks see them (actionScale), L x B x actions
    at::Tensor rewards;      ///< normalised, L x B
};

/**
 * @ingroup agents
 * @brief A learned model of the environment.
 */
class WorldModel
{
  public:
    virtual ~WorldModel() = default;

    /// @return what is to be learned
    virtual std::vector<std::vector<at::Tensor>*> GetParameters() = 0;

    /// @param sequences experience @return loss, a scalar with gradients
    virtual at::Tensor GetLoss(const Sequences& sequences) = 0;

    /**
     * Go along sequences of experience, each from a blank memory.
     * @param observations L x B x features
     * @param actions as networks see them, (L - 1 or more) x B x actions
     * @return the state in each slot, L B rows, slot after slot
     */
    virtual ModelState Observe(const at::Tensor& observations, const at::Tensor& actions) = 0;

    /**
     * Imagine an action. Gradients flow from what comes out to state and action, none into the
     * model's weights.
     * @param state where @param action as networks see it @param needsNext whether next is asked
     * for
     * @return what comes of it
     */
    virtual ModelStep Imagine(const ModelState& state,
                              const at::Tensor& action,
                              bool needsNext) = 0;

    /**
     * How well the model predicts what it has not learned from: 1 is perfect, 0 as good as the
     * mean or the marginal distribution.
     * @param sequences experience that is new to it
     * @return skill by name
     */
    virtual std::map<std::string, double> GetR2(const Sequences& sequences) = 0;
};

/**
 * Skill of a guess of normalised values, whose variance over all experience is 1: the share of it
 * that the guess explains. (Not of the values at hand: an agent that has found what is good sees
 * hardly any variance left to explain.)
 * @param truth normalised values
 * @param guess of them
 * @return 1 - mean squared error
 */
inline double
GetExplainedShare(const at::Tensor& truth, const at::Tensor& guess)
{
    return 1 - (truth - guess).pow(2).mean().item<double>();
}

} // namespace agents

#endif // AGENTS_WORLD_MODEL_H
