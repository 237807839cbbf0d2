/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "differentiable.h"

#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <c10/util/intrusive_ptr.h>
#include <memory>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/variable.h>
#include <type_traits>
#include <utility>

namespace agents
{

namespace
{

/// A node of the graph that holds the chain rule of one operation.
class PullbackNode : public torch::autograd::Node
{
  public:
    /// @param next where gradients by the inputs go @param pullback the chain rule
    PullbackNode(torch::autograd::edge_list&& next, Pullback pullback)
        : Node(std::move(next)),
          m_pullback(std::move(pullback))
    {
    }

    void release_variables() override
    {
        m_pullback = nullptr;
    }

  protected:
    torch::autograd::variable_list apply(torch::autograd::variable_list&& gradients) override
    {
        return m_pullback(gradients.front());
    }

  private:
    Pullback m_pullback; //!< the chain rule
};

/// What the graph holds its nodes by: LibTorch 2.14 counts references within a node, older ones
/// next to it.
using NodePointer = decltype(torch::autograd::Edge::function);

/// @tparam Each a node @tparam Arguments of its constructor @param arguments them @return the node
template <typename Each, typename... Arguments>
NodePointer
MakeNode(Arguments&&... arguments)
{
    if constexpr (std::is_same_v<NodePointer, std::shared_ptr<torch::autograd::Node>>)
    {
        return std::make_shared<Each>(std::forward<Arguments>(arguments)...);
    }
    else
    {
        return c10::make_intrusive<Each>(std::forward<Arguments>(arguments)...);
    }
}

} // namespace

at::Tensor
MakeGraphNode(at::Tensor result,
              const std::vector<at::Tensor>& inputs,
              bool hasParameters,
              Pullback pullback)
{
    const bool isDifferentiable =
        hasParameters || std::any_of(inputs.begin(), inputs.end(), [](const at::Tensor& input) {
            return input.requires_grad();
        });
    if (!at::GradMode::is_enabled() || !isDifferentiable)
    {
        return result;
    }
    torch::autograd::edge_list next;
    for (const at::Tensor& input : inputs)
    {
        next.push_back(input.requires_grad() ? torch::autograd::impl::gradient_edge(input)
                                             : torch::autograd::Edge());
    }
    torch::autograd::create_gradient_edge(
        result,
        MakeNode<PullbackNode>(std::move(next), std::move(pullback)));
    return result;
}

at::Tensor&
GetGradient(const at::Tensor& parameter)
{
    at::Tensor& gradient = parameter.mutable_grad();
    if (!gradient.defined())
    {
        gradient = at::zeros_like(parameter.detach());
    }
    return gradient;
}

} // namespace agents
